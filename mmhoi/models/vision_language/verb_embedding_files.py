# Copyright (c) mmhoi contributors.
"""Files of verb embeddings, and what they tell about their origin."""
from pathlib import Path
from typing import Dict, Optional, Union

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from mmhoi.checkpoints.packaged import ASSETS, PREFIX
from mmhoi.utils.whole_file import write_whole

#: Metadata of a .safetensors file: the split whose unseen pairs are left out.
SPLIT_KEY = 'zero_shot_split'


def verb_embedding_path(path: Union[str, Path]) -> Path:
    """Path of a file, which may come with mmhoi (`mmhoi://mini/...`).

    Raises:
        FileNotFoundError: If there is no such file.
    """
    name = str(path)
    if name.startswith(PREFIX):
        path = ASSETS / name[len(PREFIX):]
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f'verb embeddings not found: {name}; correct the path, make the '
            'file with tools/misc/extract_verb_embeddings.py, or set it to '
            'None to start from text embeddings')
    return path


def load_verb_embeddings(path: Union[str, Path]) -> Tensor:
    """Read verb embeddings from a file that holds one array.

    Args:
        path (str | Path): File of type .pt, .pth, .npy or .safetensors, or
            `mmhoi://` and a path of the package.

    Returns:
        Tensor: The embeddings, float32, shape (V, E).

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If its type is unknown, or it does not hold exactly one
            array of two dimensions and finite values.
    """
    path = verb_embedding_path(path)
    if path.suffix in ('.pt', '.pth'):
        content = torch.load(path, map_location='cpu', weights_only=True)
    elif path.suffix == '.npy':
        content = torch.from_numpy(np.load(path))
    elif path.suffix == '.safetensors':
        content = load_file(path)
    else:
        raise ValueError(f'verb embeddings {path}: unknown file type; '
                         'allowed: .pt, .pth, .npy, .safetensors')
    if isinstance(content, dict) and len(content) == 1:
        content = next(iter(content.values()))
    if not isinstance(content, Tensor) or content.ndim != 2:
        raise ValueError(f'verb embeddings {path} must hold exactly one '
                         'array of shape (verbs, feature width)')
    if not content.isfinite().all():
        rows = (~content.isfinite().all(1)).nonzero().flatten().tolist()
        raise ValueError(f'verb embeddings {path} are not finite in rows '
                         f'{rows}')
    return content.float()


def verb_embedding_metadata(path: Union[str, Path]) -> Dict[str, str]:
    """What a file tells about its origin, see `save_verb_embeddings`.

    Returns:
        dict[str, str]: Empty if the type of the file cannot tell anything.
    """
    path = verb_embedding_path(path)
    if path.suffix != '.safetensors':
        return {}
    with safe_open(path, 'pt') as file:
        return file.metadata() or {}


def save_verb_embeddings(path: Union[str, Path],
                         embeddings: Tensor,
                         zero_shot_split: Optional[str] = None,
                         **origin: str) -> None:
    """Write verb embeddings with their origin.

    Args:
        path (str | Path): File to write, of type .safetensors.
        embeddings (Tensor): Verb embeddings, shape (V, E).
        zero_shot_split (str, optional): Split whose unseen pairs were left
            out. Defaults to None: all training pairs were used.
        **origin (str): More of the origin. A model refuses a file whose
            `label_space` or `clip` (name of the CLIP model) is another than
            its own.

    Raises:
        ValueError: If the file type cannot hold the origin.
    """
    path = Path(path)
    if path.suffix != '.safetensors':
        raise ValueError(f'verb embeddings {path}: only .safetensors files '
                         'can tell for which split they were made')
    with write_whole(path) as draft:
        save_file({'verb_embeddings': embeddings.contiguous()},
                  draft,
                  metadata={
                      SPLIT_KEY: zero_shot_split or '',
                      **origin
                  })


def check_origin(path: Union[str, Path], **expected: Optional[str]) -> None:
    """Refuse a file that tells another origin than expected.

    Args:
        path (str | Path): The file.
        **expected (str, optional): What `label_space` and `clip` must be,
            None for anything.

    Raises:
        ValueError: If the file tells something else.
    """
    origin = verb_embedding_metadata(path)
    for key, value in expected.items():
        if value is not None and origin.get(key, value) != value:
            raise ValueError(
                f'verb embeddings {path} were made for {key} "{origin[key]}", '
                f'but the model has "{value}"; make a file for it with '
                'tools/misc/extract_verb_embeddings.py')


def check_strict(embeddings: Union[str, Path, Tensor, None],
                 zero_shot_split: Optional[str]) -> None:
    """Refuse what may hold something of an unseen pair.

    Args:
        embeddings (str | Path | Tensor, optional): What verb embeddings start
            from; None, the texts, is always fine.
        zero_shot_split (str, optional): The split of the model.

    Raises:
        ValueError: If there is no split, or the embeddings are not known to
            be made without its unseen pairs.
    """
    if zero_shot_split is None:
        raise ValueError(
            'strict=True (config key `interaction_classifier.verbs.strict`) '
            'is about the unseen pairs of a zero-shot split; set '
            '`zero_shot_split` of the head')
    if embeddings is None:
        return
    source, made_for = '`embeddings`', None
    if isinstance(embeddings, (str, Path)):
        load_verb_embeddings(embeddings)
        source = str(embeddings)
        made_for = verb_embedding_metadata(embeddings).get(SPLIT_KEY)
    if made_for == zero_shot_split:
        return
    if made_for is None:
        problem = 'do not tell how they were made'
    else:
        problem = ('were made from all training pairs' if made_for == '' else
                   f'were made for the split "{made_for}"')
    raise ValueError(
        f'verb embeddings {source} {problem}, but strict=True needs those '
        f'without the unseen pairs of "{zero_shot_split}": '
        'tools/misc/extract_verb_embeddings.py --split makes them; set '
        '`interaction_classifier.verbs.embeddings` to None to start from '
        'text, or use the config without `_strict`')
