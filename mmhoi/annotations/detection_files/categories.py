# Copyright (c) mmhoi contributors.
"""What the class ids of a detector mean: names, which label spaces share."""
from pathlib import Path
from typing import Any, Dict, Sequence, Tuple

import numpy as np

from mmhoi.label_spaces import LabelSpace, load_label_space
from mmhoi.utils.text_files import read_json, read_lines

NAMED = ('coco', 'label_space', 'alphabetical')
CHOICES = (
    'give `categories`: "coco" (COCO\'s ids 1..90), "label_space" (0-based '
    'places among the objects of the label space: COCO-80 order), '
    '"alphabetical" (0-based places among its sorted objects, as in '
    'fredzzhang/hicodet), a list of names, a dict of id and name, or a file: '
    'the json of the annotations with `categories` or `objects`, or a .txt '
    'with a name a line')
#: Class that no object of the label space is.
NO_LABEL = -1


def read_categories(categories: Any, space: LabelSpace) -> Dict[int, str]:
    """Names of a detector's class ids.

    Args:
        categories (Any): One of the words `coco`, `label_space` and
            `alphabetical`; a list of names, or of dicts of `id` and `name`; a
            dict of id and name; or a file, see `CHOICES`.
        space (LabelSpace): The classes that are wanted.

    Returns:
        dict[int, str]: Name of each id.

    Raises:
        FileNotFoundError: If a file does not exist.
        ValueError: If there are no categories, or they cannot be understood.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> space = load_label_space('hico_det')
        >>> [read_categories(words, space)[1]
        ...  for words in ('coco', 'label_space', 'alphabetical')]
        ['person', 'bicycle', 'apple']
    """
    if categories is None:
        raise ValueError('the boxes have class ids without names; ' + CHOICES)
    if isinstance(categories, str) and categories in NAMED:
        return _named(categories, space)
    if isinstance(categories, (str, Path)):
        categories = _read_file(Path(categories))
    try:
        if not isinstance(categories, (dict, list, tuple)):
            raise ValueError(f'a {type(categories).__name__}')
        if isinstance(categories, dict):
            names = {int(key): value for key, value in categories.items()}
        elif categories and isinstance(categories[0], dict):
            names = {int(entry['id']): entry['name'] for entry in categories}
        else:
            names = dict(enumerate(categories))
        if not names or not all(isinstance(x, str) for x in names.values()):
            raise ValueError('no names')
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(
            f'categories {categories!r:.60} cannot be understood '
            f'({type(error).__name__}: {error}); {CHOICES}') from error
    return names


def find_labels(names: Sequence[str], space: LabelSpace) -> np.ndarray:
    """Find classes by their names.

    Capital letters, and whether words are joined by a space, a hyphen or an
    underscore, do not matter.

    Args:
        names (Sequence[str]): Names of C classes.
        space (LabelSpace): The classes that are wanted.

    Returns:
        np.ndarray: Object index of each, -1 for one that the label space has
        not, int64, shape (C, ).

    Raises:
        ValueError: If the label space has none of them.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> find_labels(['Traffic light', 'lamp'],
        ...             load_label_space('hico_det')).tolist()
        [9, -1]
    """
    index = {_plain(name): label for label, name in enumerate(space.objects)}
    labels = np.array([index.get(_plain(str(x)), NO_LABEL) for x in names],
                      np.int64)
    if len(labels) and (labels == NO_LABEL).all():
        raise ValueError(
            f'no class of the boxes ({_some(names)}) is an object of the '
            f'label space ({_some(space.objects)}); classes are found by '
            'their names')
    return labels


def label_classes(classes: np.ndarray, categories: Any,
                  space: LabelSpace) -> Tuple[np.ndarray, Dict[str, int]]:
    """Labels of boxes from the ids or names of their classes.

    Args:
        classes (np.ndarray): Class id or name of each box, shape (N, ).
        categories (Any): Names of the ids, see :func:`read_categories`; None
            if the classes are names.
        space (LabelSpace): The classes that are wanted.

    Returns:
        tuple[np.ndarray, dict[str, int]]: Object index of each box, int64,
        shape (N, ), -1 where its class is none of the label space; and how
        many boxes each of the latter classes has.

    Raises:
        ValueError: If an id has no name, or no class is of the label space.

    Examples:
        >>> import numpy as np
        >>> from mmhoi.label_spaces import load_label_space
        >>> labels, unknown = label_classes(
        ...     np.array(['dog', 'lamp']), None, load_label_space('hico_det'))
        >>> labels.tolist(), unknown
        ([16, -1], {'lamp': 1})
    """
    found, rows, counts = np.unique(
        classes, return_inverse=True, return_counts=True)
    if found.dtype.kind == 'U':
        names = found.tolist()
    elif len(found):
        names = _names_of_ids(found, read_categories(categories, space))
    else:
        names = []
    labels = find_labels(names, space)
    unknown = {
        name: int(count)
        for name, label, count in zip(names, labels, counts)
        if label == NO_LABEL
    }
    return labels[rows.reshape(-1)], unknown


def _named(word: str, space: LabelSpace) -> Dict[int, str]:
    if word == 'label_space':
        return dict(enumerate(space.objects))
    if word == 'alphabetical':
        return dict(enumerate(sorted(space.objects)))
    # Any label space with COCO's classes knows their ids.
    coco = load_label_space('hico_det')
    return dict(zip(coco.category_ids, coco.objects))


def _names_of_ids(ids: np.ndarray, names: Dict[int, str]) -> Sequence[str]:
    if ids.dtype.kind not in 'iu':
        raise ValueError(f'class {ids[0]!r} is neither a whole number nor a '
                         'name')
    nameless = [int(x) for x in ids if int(x) not in names]
    if nameless:
        raise ValueError(
            f'class ids {_some(nameless)} have no name among the '
            f'{len(names)} categories (ids {min(names)}..{max(names)}); '
            f'{CHOICES}')
    return [names[int(x)] for x in ids]


def _read_file(path: Path) -> Any:
    """Names in a file."""
    if not path.is_file():
        raise FileNotFoundError(
            f'categories "{path}" are neither a file nor one of '
            f'{", ".join(NAMED)}; {CHOICES}')
    try:
        if path.suffix != '.json':
            return [line for _, line in read_lines(path)]
        content = read_json(path)
    except ValueError as error:
        raise ValueError(f'categories file {path} cannot be read '
                         f'({type(error).__name__}: {error})') from error
    if isinstance(content, dict):
        for key in ('categories', 'objects'):
            if key in content:
                return content[key]
    return content


def _plain(name: str) -> str:
    return name.strip().lower().replace('_', ' ').replace('-', ' ')


def _some(values: Sequence[object], number: int = 5) -> str:
    more = ', ...' if len(values) > number else ''
    return ', '.join(map(str, values[:number])) + more
