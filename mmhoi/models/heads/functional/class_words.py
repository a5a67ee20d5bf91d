# Copyright (c) mmhoi contributors.
from pathlib import Path
from typing import Optional

import numpy as np
import torch
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace, LabelSpaceSource, load_label_space
from mmhoi.registry import MODELS
from mmhoi.utils.npz_files import read_npz
from mmhoi.utils.setup_error import SetupError
from ...vision_language.clip_text import encode_texts
from ..pair_streams import PairRows


def word_vectors(label_space: LabelSpace,
                 file: Optional[str] = None,
                 clip: Optional[dict] = None) -> Tensor:
    """A vector for the name of each object class.

    Args:
        label_space (LabelSpace): Its O object classes.
        file (str, optional): An .npz with `names`, the names of the classes,
            and `vectors`, a row for each; more classes do no harm. Defaults
            to None.
        clip (dict, optional): Without a file: `model_name` and `pretrained` of
            the CLIP model that reads the names. Defaults to None.

    Returns:
        Tensor: Of length 1, float32, shape (O, E).

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If a class has no vector, or a vector is of no use.
    """
    if file is None:
        if clip is None:
            raise SetupError('word vectors need a `file` or `clip`')
        # The background has a prompt, too.
        count = len(label_space.objects)
        return encode_texts(texts=label_space.object_prompts[:count], **clip)
    if not Path(file).is_file():
        raise FileNotFoundError(
            f'file of word vectors "{file}" does not exist (an .npz with '
            '`names` and `vectors`)')
    try:
        arrays = read_npz(file)
        names = [_plain(name) for name in arrays['names'].tolist()]
        vectors = np.asarray(arrays['vectors'], np.float32)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise SetupError(f'word vectors "{file}" are no .npz with `names` and '
                         f'`vectors`: {error}') from error
    if vectors.ndim != 2 or len(vectors) != len(names):
        raise SetupError(
            f'word vectors "{file}": {len(names)} names, but `vectors` has '
            f'the shape {vectors.shape}; a row for each name is needed')
    row_of = dict(zip(names, range(len(names))))
    missing = [x for x in label_space.objects if _plain(x) not in row_of]
    if missing:
        raise SetupError(f'word vectors "{file}" lack {len(missing)} of the '
                         f'{len(label_space.objects)} object classes of '
                         f'{label_space.name}: {", ".join(missing[:5])}')
    table = torch.from_numpy(
        vectors[[row_of[_plain(name)] for name in label_space.objects]])
    lengths = table.norm(dim=1, keepdim=True)
    if not (lengths > 0).all() or not lengths.isfinite().all():
        raise SetupError(f'word vectors "{file}": a class of '
                         f'{label_space.name} has the vector 0 or no number')
    return table / lengths


def _plain(name: str) -> str:
    """A class name without the differences of spelling between files."""
    return str(name).replace('_', ' ').lower()


@MODELS.register_module()
class ClassWords(nn.Module):
    """Words for human and object: vectors of their class names.

    Args:
        label_space (str | dict): See `load_label_space`.
        human_label (int): Object class of humans. Defaults to 0.
        file (str, optional): See :func:`word_vectors`. Defaults to None.
        clip (dict, optional): Likewise.

    Attributes:
        objects (tuple[str]): Names of the O object classes.
        vectors (Tensor): Of each class, shape (O, E).
        out_dims (int): 2 E.

    Raises:
        SetupError: If words are of no use, or there is no such human.
    """

    CLASS_ROWS = {'vectors': 'objects'}

    def __init__(self,
                 label_space: LabelSpaceSource,
                 human_label: int = 0,
                 file: Optional[str] = None,
                 clip: Optional[dict] = None) -> None:
        super().__init__()
        self.human_label = human_label
        space = load_label_space(label_space)
        self.objects = space.objects
        if not 0 <= human_label < len(space.objects):
            raise SetupError(
                f'ClassWords: human_label={human_label}; allowed: 0 to '
                f'{len(space.objects) - 1}, the object classes of {space.name}'
            )
        vectors = word_vectors(space, file, clip)
        self.register_buffer('vectors', vectors)
        self.out_dims = 2 * vectors.shape[1]

    def forward(self, rows: PairRows) -> Tensor:
        """Words of pairs.

        Args:
            rows (PairRows): M pairs.

        Returns:
            Tensor: Shape (M, 2 E).
        """
        human = self.vectors[self.human_label]
        return torch.cat([
            human.expand(len(rows.obj_labels), -1),
            self.vectors[rows.obj_labels]
        ], 1)
