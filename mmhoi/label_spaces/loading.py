# Copyright (c) mmhoi contributors.
"""Label spaces by their names, or from files."""
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Mapping, Union

import numpy as np

from mmhoi.utils.text_files import read_json
from .class_file import load_class_file, parse_classes, read_class_json
from .label_space import METAINFO_DIR, RARE_BELOW, LabelSpace
from .swig import is_swig_table, load_swig_label_space, parse_swig_tables

LABEL_SPACES = ('hico_det', 'vcoco')
#: Has the classes of HICO-DET, but rare and evaluated HOIs of its own.
SYNHICO = 'synhico'
#: What a label space is loaded by: its name, a file, or the content of one.
LabelSpaceSource = Union[str, Mapping[str, Any]]


def load_label_space(name: LabelSpaceSource) -> LabelSpace:
    """Read a label space from the package data or a file.

    A file is read anew each time: it may have been edited.

    Args:
        name (str | Mapping): `hico_det`, `vcoco` or `synhico`; or a class
            file of own data (.json), see
            :func:`mmhoi.label_spaces.class_file.parse_classes`; or the
            category file of SWIG-HOI (.py or .json), see
            :func:`mmhoi.label_spaces.swig.load_swig_label_space`; or what
            such a json holds, as `LabelSpace.definition` and checkpoints
            have it.

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
    if isinstance(name, Mapping):
        if is_swig_table(name):
            return parse_swig_tables(_plain(name), 'the label space')
        return parse_classes(_plain(name))
    if names_file(name):
        return _load_file(name)
    # Nobody shall change the tables of others.
    return deepcopy(_load_named(name))


def names_file(source: LabelSpaceSource) -> bool:
    """Whether a label space is named by a file, which may be elsewhere.

    Args:
        source (str | Mapping): As of :func:`load_label_space`.

    Returns:
        bool: False for the names of those that come with mmhoi.

    Examples:
        >>> names_file('classes.json'), names_file('hico_det')
        (True, False)
    """
    return isinstance(source, str) and Path(source).suffix in ('.json', '.py')


def _plain(value: Any) -> Any:
    """Plain dicts and lists of those of a config."""
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value


@lru_cache(maxsize=None)
def _load_named(name: str) -> LabelSpace:
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
        _load_named(table['label_space']),
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
