# Copyright (c) mmhoi contributors.
"""Configs of CLIP models that open_clip does not define."""
from pathlib import Path
from typing import Any, Dict, Optional

from mmhoi.utils.kinds import shown, wrong_kind
from mmhoi.utils.text_files import TextFileError, read_json

#: More layers would take minutes, and no model has them.
_MAX_LAYERS = 1000
_NEEDED = ('embed_dim', 'vision_cfg', 'text_cfg')
_KINDS = {
    '': dict,
    'embed_dim': int,
    'quick_gelu': bool,
    'vision_cfg': dict,
    'text_cfg': dict,
    'text_cfg.tokenizer_kwargs': dict,
    'text_cfg.tokenizer_kwargs.bpe_path': str,
    **{
        f'{part}.{key}': int
        for part, keys in (('vision_cfg', ('patch_size', 'width',
                                           'head_width')),
                           ('text_cfg', ('context_length', 'vocab_size',
                                         'width', 'heads', 'layers')))
        for key in keys
    },
}  # yapf: disable


def read_clip_config(path: Path) -> Dict[str, Any]:
    """Read a model config of open_clip.

    Args:
        path (Path): The json.

    Returns:
        dict: Its content.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is none; the message names what is wrong.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f'CLIP model config not found: {path}; correct `model_name`')
    try:
        content = read_json(path)
        problem = wrong_kind(content, _KINDS)
        if problem is None and None in map(content.get, _NEEDED):
            problem = f'it must have {", ".join(_NEEDED)}'
        if problem is None:
            problem = _too_many_layers(content)
    except TextFileError as error:
        problem = str(error)
    if problem is not None:
        raise ValueError(f'CLIP model config "{path}": {problem}; correct it, '
                         'or `model_name`')
    return content


def _too_many_layers(content: Dict[str, Any]) -> Optional[str]:
    """What is wrong with the number of layers of a part, if anything is."""
    for part in ('vision_cfg', 'text_cfg'):
        layers = content[part].get('layers')
        if isinstance(layers, int) and layers > _MAX_LAYERS:
            return (f'`{part}.layers` is {shown(layers)}; allowed: up to '
                    f'{_MAX_LAYERS}')
    return None


def merge_file(path: Path) -> Optional[Path]:
    """The tokenizer's merge file, which lies beside a config.

    Args:
        path (Path): The config.

    Returns:
        Path | None: The file; None for that of open_clip.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: As of :func:`read_clip_config`.
    """
    text_cfg = read_clip_config(path)['text_cfg']
    name = (text_cfg.get('tokenizer_kwargs') or {}).get('bpe_path')
    if name is None:
        return None
    if not (path.parent / name).is_file():
        raise FileNotFoundError(f'CLIP model config "{path}": there is no '
                                f'file "{name}" beside it; correct `bpe_path`')
    return path.parent / name
