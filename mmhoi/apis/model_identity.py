# Copyright (c) mmhoi contributors.
"""What the predictions of a model depend on, as hashes."""
import hashlib
import json
from copy import deepcopy
from pathlib import Path
from typing import Any, Dict, Optional

from mmhoi.checkpoints import config_of_checkpoint, read_checkpoint
from mmhoi.checkpoints.class_record import class_files
from mmhoi.label_spaces import load_label_space
from mmhoi.utils.file_hash import file_sha256, weights_sha256
from .config_inferencer import read_model_config


def model_identity(config: Optional[str], checkpoint: str) -> Dict[str, str]:
    """Recognise a model by what it is made of, not by names of files.

    Args:
        config (str, optional): Config file or name of a config of mmhoi; None
            for the config that the checkpoint holds.
        checkpoint (str): Checkpoint file or address.

    Returns:
        dict[str, str]: SHA-256 of `weights` (the file), of `config` (model
        and test pipeline, whichever file they come from) and of `classes`.

    Raises:
        FileNotFoundError: If config or checkpoint do not exist.
        ValueError: If a file is damaged.
    """
    if config is None:
        cfg = config_of_checkpoint(read_checkpoint(checkpoint, mapped=True))
    else:
        cfg = read_model_config(config)
    model, classes = deepcopy(cfg.model), []
    for part, key in list(class_files(model)):
        # Of one that does not exist the checkpoint has the content.
        if Path(part[key]).is_file():
            classes.append(load_label_space(part[key]).fingerprint)
        part[key] = ''
    pipeline = cfg.test_dataloader.dataset.pipeline
    return dict(
        weights=_weights(checkpoint),
        config=_digest([model, pipeline]),
        classes=_digest(classes))


def _weights(checkpoint: str) -> str:
    path = Path(checkpoint).expanduser()
    if path.is_file():
        return file_sha256(path)
    return weights_sha256(read_checkpoint(checkpoint)['state_dict'])


def _digest(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()
