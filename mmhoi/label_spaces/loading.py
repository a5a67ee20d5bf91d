# Copyright (c) mmhoi contributors.
"""Label spaces by their names, or from files."""
import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from .class_file import load_class_file, read_class_json
from .label_space import METAINFO_DIR, LabelSpace
from .swig import is_swig_table, load_swig_label_space

LABEL_SPACES = ('hico_det', 'vcoco')


@lru_cache(maxsize=None)
def load_label_space(name: str) -> LabelSpace:
    """Read a label space from the package data.

    Args:
        name (str): `hico_det` or `vcoco`; or a class file of own data (.json),
            see :func:`mmhoi.label_spaces.class_file.parse_classes`; or the
            category file of SWIG-HOI (.py or .json), see
            :func:`mmhoi.label_spaces.swig.load_swig_label_space`.

    Returns:
        LabelSpace: The tables.

    Raises:
        FileNotFoundError: If a file is named that does not exist.
        ValueError: If the name is unknown or the file is malformed.

    Examples:
        >>> space = load_label_space('hico_det')
        >>> len(space.objects), len(space.verbs), len(space.hois)
        (80, 117, 600)
        >>> space.hois[153]
        'ride motorcycle'
    """
    if Path(name).suffix in ('.json', '.py'):
        return _load_file(name)
    if name not in LABEL_SPACES:
        raise ValueError(
            f'unknown label space "{name}"; allowed: '
            f'{", ".join(LABEL_SPACES)}, a class file (.json) or the category '
            'file of SWIG-HOI')
    table = json.loads((METAINFO_DIR / f'{name}.json').read_text())
    extra = [table['no_object_text']] if 'no_object_text' in table else []
    return LabelSpace(
        objects=tuple(o['name'] for o in table['objects']),
        verbs=tuple(v['name'] for v in table['verbs']),
        category_ids=tuple(o['coco_id'] for o in table['objects']),
        hoi_verbs=np.array([h['verb'] for h in table['hois']]),
        hoi_objects=np.array([h['object'] for h in table['hois']]),
        hoi_prompts=tuple(h['prompt'] for h in table['hois']),
        object_prompts=tuple([o['clip_text'] for o in table['objects']] +
                             extra + [table['background_text']]),
        num_train=np.array([h['num_train'] or 0 for h in table['hois']]))


def _load_file(path: str) -> LabelSpace:
    """Label space of a file, whose keys tell what it is."""
    if Path(path).suffix == '.py' or is_swig_table(read_class_json(path)):
        return load_swig_label_space(path)
    return load_class_file(path)
