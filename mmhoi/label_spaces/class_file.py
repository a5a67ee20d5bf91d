# Copyright (c) mmhoi contributors.
"""Label space of own data, from a class file."""
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np

from mmhoi.utils.text_files import read_json
from .label_space import LabelSpace
from .prompts import ing_form, with_article

PERSON = 'person'
BACKGROUND_TEXT = 'a photo of nothing'
NO_OBJECT_TEXT = 'a photo of a person only'
_PHOTO_OF = 'a photo of '
_KEYS = ('objects', 'verbs', 'hois')
_REMEDY = 'see docs/en/user_guides/custom_dataset.md'


@dataclass(frozen=True, kw_only=True)
class CustomLabelSpace(LabelSpace):
    """Tables of a class file.

    `category_ids` are 1..O and, like `verb_offset`, used inside mmhoi only:
    annotations of own data name their classes. The file has no training
    counts: `num_train` is all 0, and no HOI is rare before `with_counts` says
    which.

    Attributes:
        verb_phrases (tuple[str]): What the prompts call each verb, length V.
    """
    verb_phrases: Tuple[str, ...]

    @property
    def verb_prompts(self) -> Tuple[str, ...]:
        """Prompts like `a photo of a person riding`, length V."""
        return tuple(f'a photo of a person {phrase}'.removesuffix(' and')
                     for phrase in self.verb_phrases)

    @property
    def definition(self) -> Dict[str, Any]:
        """dict: Content of a class file with these classes, all spelt out.

        Examples:
            >>> space = parse_classes(dict(objects=['cow'], verbs=['hug']))
            >>> space.definition['hois']
            [{'verb': 'hug', 'prompt': 'a photo of a person hugging a cow', \
'object': 'cow'}]
            >>> parse_classes(space.definition).fingerprint == \
space.fingerprint
            True
        """
        hois = [
            dict(verb=self.verbs[verb], prompt=prompt)
            for verb, prompt in zip(self.hoi_verbs, self.hoi_prompts)
        ]
        for hoi, obj in zip(hois, self.hoi_objects):
            if obj < len(self.objects):
                hoi['object'] = self.objects[obj]
        return dict(
            objects=[
                dict(name=name, phrase=prompt.removeprefix(_PHOTO_OF))
                for name, prompt in zip(self.objects, self.object_prompts)
            ],
            verbs=[
                dict(name=name, phrase=phrase)
                for name, phrase in zip(self.verbs, self.verb_phrases)
            ],
            hois=hois,
            background_text=self.object_prompts[-1])


def read_class_json(path: str) -> object:
    """Content of a json with classes.

    Args:
        path (str): The file.

    Returns:
        object: What it holds, not checked.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not JSON.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'class file {path} does not exist; {_REMEDY}')
    try:
        return read_json(path)
    except ValueError as error:
        raise ValueError(
            f'class file {path} is not valid JSON ({error}); {_REMEDY}'
        ) from error


def load_class_file(path: str) -> CustomLabelSpace:
    """Read a class file.

    Args:
        path (str): The json, see :func:`parse_classes`.

    Returns:
        CustomLabelSpace: The tables.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not JSON or has errors, all of which are listed.
    """
    content = read_class_json(path)
    try:
        return replace(parse_classes(content), name=path)
    except ValueError as error:
        raise ValueError(f'class file {path}: {error}; {_REMEDY}') from error


def parse_classes(content: object) -> CustomLabelSpace:
    """Tables of the content of a class file.

    Symbols: O objects, V verbs, H HOIs.

    Args:
        content (object): A dict with

            - objects (list): Names, or dicts of `name` and `phrase` (what a
              prompt calls it; by default the name with "a" or "an"). The
              person is object 0, listed or not.
            - verbs (list): Names, or dicts of `name` and `phrase` (by default
              the -ing form, see :func:`ing_form`).
            - hois (list[dict], optional): `verb` and `object` by their names;
              without `object` a verb without object; optionally `prompt`. By
              default all listed objects with all verbs.
            - background_text (str, optional): Prompt of the background.

    Returns:
        CustomLabelSpace: The tables.

    Raises:
        ValueError: If there is any error; all are listed.

    Examples:
        >>> space = parse_classes(dict(
        ...     objects=['horse', dict(name='cart', phrase='a donkey cart')],
        ...     verbs=['ride', 'push'],
        ...     hois=[dict(verb='ride', object='horse'),
        ...           dict(verb='push', object='cart')]))
        >>> space.objects, space.hois
        (('person', 'horse', 'cart'), ('ride horse', 'push cart'))
        >>> space.hoi_prompts[1]
        'a photo of a person pushing a donkey cart'
    """
    if not isinstance(content, dict):
        raise ValueError(f'must hold a dict with {", ".join(_KEYS)}, not a '
                         f'{type(content).__name__}')
    problems = _unknown_keys(content, (*_KEYS, 'background_text'), 'the file')
    objects = _phrases(content, 'objects', problems)
    verbs = _phrases(content, 'verbs', problems)
    hois = content.get(
        'hois',
        [dict(verb=verb, object=name) for name in objects for verb in verbs])
    if not isinstance(hois, list) or not hois and not problems:
        problems.append('hois must be a list with at least one entry')
        hois = []
    background = content.get('background_text', BACKGROUND_TEXT)
    problems += _name_problems(background, 'background_text')
    if objects and verbs:
        for index, hoi in enumerate(hois):
            problems += _hoi_problems(hoi, f'hois[{index}]', objects, verbs)
    if not problems:
        problems += _whole_problems(hois, verbs)
    if problems:
        raise ValueError('; '.join(problems))
    return _label_space(objects, verbs, hois, background)


def _label_space(objects: Dict[str, str], verbs: Dict[str, str],
                 hois: List[dict], background: str) -> CustomLabelSpace:
    """Tables of names and phrases without error."""
    objects = {PERSON: with_article(PERSON), **objects}
    names, verb_names = list(objects), list(verbs)
    # The index after the last object is "no object".
    hoi_objects = np.array([
        names.index(hoi['object']) if 'object' in hoi else len(names)
        for hoi in hois
    ])
    lacks_object = hoi_objects == len(names)
    texts = [_PHOTO_OF + phrase for phrase in objects.values()]
    if lacks_object.any():
        texts.append(NO_OBJECT_TEXT)
    return CustomLabelSpace(
        name='own classes',
        objects=tuple(names),
        verbs=tuple(verb_names),
        category_ids=tuple(range(1,
                                 len(names) + 1)),
        hoi_verbs=np.array([verb_names.index(hoi['verb']) for hoi in hois]),
        hoi_objects=hoi_objects,
        hoi_prompts=tuple(_prompt(hoi, objects, verbs) for hoi in hois),
        object_prompts=(*texts, background),
        num_train=np.zeros(len(hois), int),
        rare_hois=np.zeros(0, int),
        evaluated_hois=np.arange(len(hois)),
        # 0 stands for a verb that the file does not have.
        verb_offset=1,
        allows_no_object=bool(lacks_object.any()),
        how_to_get=_REMEDY,
        verb_phrases=tuple(verbs.values()))


def _prompt(hoi: dict, objects: Dict[str, str], verbs: Dict[str, str]) -> str:
    words = ['a photo of a person', verbs[hoi['verb']]]
    if 'object' in hoi:
        words.append(objects[hoi['object']])
    return hoi.get('prompt', ' '.join(words))


def _phrases(content: dict, key: str, problems: List[str]) -> Dict[str, str]:
    """Phrase of each name of a list; adds what is wrong to `problems`."""
    entries = content.get(key)
    if not isinstance(entries, list) or not entries:
        problems.append(f'{key} must be a list with at least one entry')
        return {}
    default = _object_phrase if key == 'objects' else ing_form
    phrases, first_place = {}, {}
    for index, entry in enumerate(entries):
        place = f'{key}[{index}]'
        entry = dict(name=entry) if isinstance(entry, str) else entry
        found = _entry_problems(entry, place, ('name', ), ('phrase', ))
        if not found:
            # Names that differ in this way only are a mistake most likely.
            name = entry['name']
            same = name.lower().replace('_', ' ')
            if first_place.setdefault(same, place) != place:
                found.append(f'{place}: "{name}" is the same as '
                             f'{first_place[same]}')
            if same == PERSON != name and key == 'objects':
                found.append(f'{place}: write "{PERSON}", not "{name}"')
            phrases[name] = entry.get('phrase', default(name))
        problems += found
    return phrases


def _object_phrase(name: str) -> str:
    return with_article(name.replace('_', ' '))


def _hoi_problems(hoi: object, place: str, objects: Dict[str, str],
                  verbs: Dict[str, str]) -> List[str]:
    found = _entry_problems(hoi, place, ('verb', ), ('object', 'prompt'))
    if found:
        return found
    known = dict(verb=list(verbs), object=list({PERSON: '', **objects}))
    return [
        f'{place}: unknown {key} "{hoi[key]}"; allowed: {", ".join(names)}'
        for key, names in known.items() if key in hoi and hoi[key] not in names
    ]


def _whole_problems(hois: List[dict], verbs: Dict[str, str]) -> List[str]:
    """What only all HOIs together can tell."""
    counts = Counter((hoi['verb'], hoi.get('object', '')) for hoi in hois)
    used = {verb for verb, _ in counts}
    return [
        f'hois: "{" ".join(pair).strip()}" occurs {count} times'
        for pair, count in counts.items() if count > 1
    ] + [
        f'verbs: "{verb}" is in no HOI' for verb in verbs if verb not in used
    ]


def _entry_problems(entry: object, place: str, required: Sequence[str],
                    optional: Sequence[str]) -> List[str]:
    """What is wrong with the structure of an entry."""
    keys = (*required, *optional)
    if not isinstance(entry, dict):
        return [f'{place}: {entry!r:.60} is not a dict with {", ".join(keys)}']
    problems = _unknown_keys(entry, keys, place)
    problems += [
        f'{place} lacks {key}' for key in required if key not in entry
    ]
    for key in keys:
        if key in entry:
            problems += _name_problems(entry[key], f'{place}: {key}')
    return problems


def _unknown_keys(entry: dict, keys: Sequence[str], place: str) -> List[str]:
    return [
        f'{place}: unknown key "{key}"; allowed: {", ".join(keys)}'
        for key in entry if key not in keys
    ]


def _name_problems(value: object, place: str) -> List[str]:
    if isinstance(value, str) and value.strip() == value != '':
        return [] if value.isprintable() else [
            f'{place} {ascii(value):.60} has characters that cannot be '
            'printed, such as line breaks'
        ]
    return [
        f'{place} {value!r:.60} must be a text that neither is empty nor '
        'begins or ends with a space'
    ]
