# Copyright (c) mmhoi contributors.
"""Label space of SWIG-HOI, from the data set's own category file."""
import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping

import numpy as np

from mmhoi.utils.kinds import shown
from mmhoi.utils.text_files import parse_json, read_text
from .label_space import LabelSpace
from .prompts import with_article

UNSEEN, RARE, COMMON = 0, 1, 2

#: Keys of a json and names in the data set's Python file.
_TABLES = {
    'categories': ('SWIG_CATEGORIES', ('id', 'name')),
    'actions': ('SWIG_ACTIONS', ('id', 'name')),
    'interactions': ('SWIG_INTERACTIONS', ('id', 'action_id', 'object_id',
                                           'frequency', 'evaluation')),
}
_REMEDY = ('give swig_v1_categories.py of the SWIG-HOI data set, or a json '
           'with the same lists under categories, actions and interactions')


@dataclass(frozen=True, kw_only=True)
class SWIGLabelSpace(LabelSpace):
    """Tables of SWIG-HOI; complete: O = 1000, V = 407, H = 14,130.

    The file has no training counts: `num_train` is all 0, and `rare_hois` are
    those that it calls rare. Annotations number the verbs from 0.

    Attributes:
        frequencies (np.ndarray): 0 for HOIs that training never sees, 1 for
            rare and 2 for common ones, shape (H, ).
    """
    frequencies: np.ndarray

    def metainfo(self) -> dict:
        """As in the base class, and `hoi_frequencies` (H numbers)."""
        return dict(
            super().metainfo(), hoi_frequencies=self.frequencies.tolist())

    @property
    def definition(self) -> Dict[str, Any]:
        """dict: The same tables as a json holds them."""
        evaluated = set(self.evaluated_hois.tolist())
        columns = zip(self.hoi_verbs.tolist(), self.hoi_objects.tolist(),
                      self.frequencies.tolist())
        return dict(
            categories=[
                dict(id=i, name=name) for i, name in enumerate(self.objects)
            ],
            actions=[
                dict(id=i, name=name) for i, name in enumerate(self.verbs)
            ],
            interactions=[
                dict(
                    id=i,
                    action_id=verb,
                    object_id=obj,
                    frequency=frequency,
                    evaluation=int(i in evaluated))
                for i, (verb, obj, frequency) in enumerate(columns)
            ])


def is_swig_table(content: object) -> bool:
    """Whether a json has any of the lists of SWIG-HOI.

    Args:
        content (object): What the json holds.

    Returns:
        bool: False for a class file of own data.

    Examples:
        >>> is_swig_table(dict(actions=[])), is_swig_table(dict(verbs=[]))
        (True, False)
    """
    return isinstance(content, dict) and not content.keys().isdisjoint(_TABLES)


def load_swig_label_space(path: str) -> SWIGLabelSpace:
    """Read the category file of SWIG-HOI.

    The Python file of the data set is parsed, never executed.

    Args:
        path (str): swig_v1_categories.py (or swig_v1_meta.py, as an earlier
            file is called) with the lists SWIG_CATEGORIES, SWIG_ACTIONS and
            SWIG_INTERACTIONS; or a json with these under `categories`,
            `actions` and `interactions`.

    Returns:
        SWIGLabelSpace: The tables. Prompts are `a photo of a person ACTION
        a OBJECT`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged or of another structure.
    """
    return parse_swig_tables(_read(Path(path)), path)


def parse_swig_tables(content: Mapping[str, Any], path: str) -> SWIGLabelSpace:
    """Label space of the three lists of SWIG-HOI.

    Args:
        content (Mapping): `categories`, `actions` and `interactions`.
        path (str): What the label space is called.

    Returns:
        SWIGLabelSpace: The tables.

    Raises:
        ValueError: If a list is missing or has errors.
    """
    missing = [
        name for name in _TABLES if not isinstance(content, Mapping)
        or not isinstance(content.get(name), list) or not content[name]
    ]
    if missing:
        raise ValueError(f'{path} has no {", ".join(missing)}; {_REMEDY}')
    tables = {
        name: _rows(path, name, content[name], keys)
        for name, (_, keys) in _TABLES.items()
    }
    objects, actions = (
        _names(path, name, tables[name]) for name in ('categories', 'actions'))
    columns = {
        key: _numbers(path, tables['interactions'], key, limit)
        for key, limit in (('action_id', len(actions)), ('object_id',
                                                         len(objects)),
                           ('frequency', 3), ('evaluation', 2))
    }
    prompts = [f'a photo of {with_article(name)}' for name in objects]
    return SWIGLabelSpace(
        name=path,
        objects=tuple(objects),
        verbs=tuple(actions),
        category_ids=tuple(range(len(objects))),
        hoi_verbs=columns['action_id'],
        hoi_objects=columns['object_id'],
        hoi_prompts=tuple(
            f'a photo of a person {actions[v]} {with_article(objects[o])}'
            for v, o in zip(columns['action_id'], columns['object_id'])),
        object_prompts=(*prompts, 'a photo of nothing'),
        num_train=np.zeros(len(tables['interactions']), int),
        rare_below=0,
        rare_hois=np.flatnonzero(columns['frequency'] == RARE),
        evaluated_hois=np.flatnonzero(columns['evaluation']),
        verb_offset=0,
        allows_no_object=False,
        how_to_get='SWIG-HOI has to be downloaded by hand, see '
        'docs/en/user_guides/dataset_prepare.md',
        frequencies=columns['frequency'])


def _read(path: Path) -> Any:
    """What a file holds, which should be the three lists."""
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist; {_REMEDY}')
    try:
        text = read_text(path)
        if path.suffix == '.json':
            content = parse_json(text)
        else:
            content = _assigned_literals(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise ValueError(f'{path} cannot be read ({type(error).__name__}: '
                         f'{error}); {_REMEDY}') from error
    return content


def _assigned_literals(text: str) -> Dict[str, object]:
    """Values of the lists that a Python file assigns."""
    name_of = {variable: name for name, (variable, _) in _TABLES.items()}
    return {
        name_of[target.id]: ast.literal_eval(node.value)
        for node in ast.parse(text).body if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in name_of
    }


def _names(path: str, name: str, rows: List[dict]) -> List[str]:
    """Names of classes, which must be texts; two may be called alike."""
    names = [row['name'] for row in rows]
    for index, found in enumerate(names):
        if not isinstance(found, str) or not (found.strip()
                                              and found.isprintable()):
            raise ValueError(f'{path}: the name of {name} {index} is '
                             f'{shown(found)}, not a text; {_REMEDY}')
    return names


def _numbers(path: str, rows: List[dict], key: str, limit: int) -> np.ndarray:
    """A column of the interactions, below a limit."""
    values = [row[key] for row in rows]
    for index, value in enumerate(values):
        if type(value) is not int or not 0 <= value < limit:
            raise ValueError(
                f'{path}: {key} of interaction {index} is {shown(value)}, not '
                f'a whole number in 0..{limit - 1}; {_REMEDY}')
    return np.array(values)


def _rows(path: str, name: str, rows: list, keys: tuple) -> List[dict]:
    """Rows of a list in the order of their ids, which must be 0, 1, ..."""
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or not all(key in row for key in keys):
            raise ValueError(f'{path}: {name}[{index}] lacks one of the keys '
                             f'{", ".join(keys)}; {_REMEDY}')
    ids = [row['id'] for row in rows]
    if sorted(map(str, ids)) != sorted(map(str, range(len(ids)))):
        raise ValueError(f'{path}: the ids of {name} are not '
                         f'0..{len(ids) - 1}, each once; {_REMEDY}')
    return sorted(rows, key=lambda row: int(row['id']))
