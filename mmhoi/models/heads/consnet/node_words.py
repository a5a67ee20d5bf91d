# Copyright (c) mmhoi contributors.
"""Vectors for the words of all classes: what a graph's nodes begin with."""
from pathlib import Path
from typing import Dict, NamedTuple, Optional, Tuple

import numpy as np
import torch
from torch import Tensor

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.npz_files import read_npz
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import read_json
from ...vision_language.clip_text import encode_texts

HUMAN_PROMPT = 'a photo of a person'
KINDS = ('hoi', 'verb', 'object')
_FORMAT = ('an .npz or .json with human_vector and, of each KIND of hoi, verb '
           'and object, KIND_names and KIND_vectors')


class NodeWords(NamedTuple):
    """A vector for each node: H HOIs, V verbs, O objects, width E.

    Attributes:
        hoi (Tensor): Shape (H, E).
        human (Tensor): Shape (1, E).
        verb (Tensor): Shape (V, E).
        object (Tensor): Shape (O, E).
    """
    hoi: Tensor
    human: Tensor
    verb: Tensor
    object: Tensor


def clip_node_words(label_space: LabelSpace,
                    model_name: str,
                    pretrained: Optional[str] = None,
                    **options: Optional[str]) -> NodeWords:
    """What CLIP's text tower makes of the prompts of all classes.

    Args:
        label_space (LabelSpace): Its prompts.
        model_name (str): See `encode_texts`.
        pretrained (str, optional): Likewise.
        **options (str): Likewise.

    Returns:
        NodeWords: Vectors of length 1.
    """
    # The background has a prompt, too.
    groups = [
        label_space.hoi_prompts, (HUMAN_PROMPT, ), label_space.verb_prompts,
        label_space.object_prompts[:len(label_space.objects)]
    ]
    vectors = encode_texts(model_name, pretrained,
                           [text for group in groups for text in group],
                           **options)
    return NodeWords(*vectors.split([len(group) for group in groups]))


def load_node_words(label_space: LabelSpace, path: str) -> NodeWords:
    """Read vectors of other origin, such as ELMo's, by the names of classes.

    Args:
        label_space (LabelSpace): Its classes; HOIs are called `verb object`.
        path (str): An .npz or .json with human_vector (E, ) and, of each kind
            of `hoi`, `verb` and `object`, the names (hoi_names) and a row for
            each (hoi_vectors); more classes do no harm.

    Returns:
        NodeWords: The vectors as they are.

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If a class has no vector, or vectors are of no use.
    """
    content = _read(path)
    try:
        human = np.asarray(content['human_vector'], np.float32).reshape(1, -1)
        tables = {
            kind: (list(map(_plain, content[f'{kind}_names'])),
                   np.asarray(content[f'{kind}_vectors'], np.float32))
            for kind in KINDS
        }
    # A whole number of a json may be too large for a float.
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise SetupError(f'word vectors "{path}": {error!r}; needed: '
                         f'{_FORMAT}') from error
    names = dict(
        hoi=label_space.hois,
        verb=label_space.verbs,
        object=label_space.objects)
    rows = {
        kind: _rows(path, kind, *tables[kind], names[kind], label_space.name)
        for kind in KINDS
    }
    widths = {kind: table.shape[1] for kind, table in rows.items()}
    widths['human'] = human.shape[1]
    if len(set(widths.values())) > 1:
        raise SetupError(f'word vectors "{path}" have different widths: '
                         f'{", ".join(f"{k} {w}" for k, w in widths.items())}')
    words = NodeWords(human=torch.from_numpy(human), **rows)
    if not all(table.isfinite().all() for table in words):
        raise SetupError(f'word vectors "{path}" are not finite')
    return words


def _read(path: str) -> Dict:
    if not Path(path).is_file():
        raise FileNotFoundError(
            f'file of word vectors "{path}" does not exist ({_FORMAT})')
    try:
        if Path(path).suffix == '.json':
            return dict(read_json(path))
        return read_npz(path)
    except (TypeError, ValueError, OSError) as error:
        raise SetupError(f'word vectors "{path}" cannot be read ({error}); '
                         f'needed: {_FORMAT}') from error


def _rows(path: str, kind: str, found: list, vectors: np.ndarray,
          wanted: Tuple[str, ...], space: str) -> Tensor:
    """Rows of the classes of one kind."""
    if vectors.ndim != 2 or len(vectors) != len(found):
        raise SetupError(
            f'word vectors "{path}": {len(found)} {kind}_names, but '
            f'{kind}_vectors has the shape {vectors.shape}; a row for each '
            'name is needed')
    row_of = dict(zip(found, range(len(found))))
    missing = [name for name in wanted if _plain(name) not in row_of]
    if missing:
        raise SetupError(
            f'word vectors "{path}" lack {len(missing)} of the {len(wanted)} '
            f'{kind} classes of {space}, such as {", ".join(missing[:3])}')
    return torch.from_numpy(vectors[[row_of[_plain(x)] for x in wanted]])


def _plain(name: str) -> str:
    """A class name without the differences of spelling between files."""
    return str(name).replace('_', ' ').lower()
