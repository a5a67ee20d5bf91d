# Copyright (c) mmhoi contributors.
"""Label spaces by their names, or from files."""
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Dict

import numpy as np

from mmhoi.utils.text_files import read_json
from .class_file import load_class_file, read_class_json
from .label_space import METAINFO_DIR, RARE_BELOW, LabelSpace
from .swig import is_swig_table, load_swig_label_space

LABEL_SPACES = ('hico_det', 'vcoco')
#: Has the classes of HICO-DET, but rare and evaluated HOIs of its own.
SYNHICO = 'synhico'


@lru_cache(maxsize=None)
def load_label_space(name: str) -> LabelSpace:
    """Read a label space from the package data or a file.

    Args:
        name (str): `hico_det`, `vcoco` or `synhico`; or a class file of own
            data (.json), see
            :func:`mmhoi.label_spaces.class_file.parse_classes`; or the
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
        >>> space.hois[153], len(space.rare_hois)
        ('ride motorcycle', 138)
        >>> len(space.unseen_hois('uo')), len(space.seen_hois('RF-UC'))
        (100, 480)
    """
    if Path(name).suffix in ('.json', '.py'):
        return _load_file(name)
    if name == SYNHICO:
        return _load_synhico()
    if name not in LABEL_SPACES:
        raise ValueError(
            f'unknown label space "{name}" (key `label_space`); allowed: '
            f'{", ".join(LABEL_SPACES)}, {SYNHICO}, a class file (.json) or '
            'the category file of SWIG-HOI')
    table = _read_table(name)
    extra = [table['no_object_text']] if 'no_object_text' in table else []
    num_train = np.array([h['num_train'] or 0 for h in table['hois']])
    return LabelSpace(
        name=name,
        objects=tuple(o['name'] for o in table['objects']),
        verbs=tuple(v['name'] for v in table['verbs']),
        category_ids=tuple(o['coco_id'] for o in table['objects']),
        hoi_verbs=np.array([h['verb'] for h in table['hois']]),
        hoi_objects=np.array([h['object'] for h in table['hois']]),
        hoi_prompts=tuple(h['prompt'] for h in table['hois']),
        object_prompts=tuple([o['clip_text'] for o in table['objects']] +
                             extra + [table['background_text']]),
        num_train=num_train,
        rare_hois=np.flatnonzero(num_train < RARE_BELOW),
        evaluated_hois=np.arange(len(num_train)),
        verb_offset=table['verb_offset'],
        allows_no_object=table['allows_no_object'],
        splits=_read_splits(name),
        how_to_get=table['how_to_get'])


def _load_synhico() -> LabelSpace:
    table = _read_table(SYNHICO)
    rendered = table['classes']
    return replace(
        load_label_space(table['label_space']),
        name=SYNHICO,
        rare_hois=np.array(
            sorted(hoi['hoi_id'] for hoi in rendered if hoi['rare'])),
        evaluated_hois=np.array(sorted(hoi['hoi_id'] for hoi in rendered)),
        how_to_get=table['how_to_get'])


def _read_splits(name: str) -> Dict[str, np.ndarray]:
    """Unseen HOIs of each zero-shot split of a data set."""
    table = _read_table('zero_shot_splits').get(name, {})
    return {split: np.array(ids, np.int64) for split, ids in table.items()}


def _read_table(name: str) -> dict:
    return read_json(METAINFO_DIR / f'{name}.json')


def _load_file(path: str) -> LabelSpace:
    """Label space of a file, whose keys tell what it is."""
    if Path(path).suffix == '.py' or is_swig_table(read_class_json(path)):
        return load_swig_label_space(path)
    return load_class_file(path)
