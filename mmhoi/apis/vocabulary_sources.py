# Copyright (c) mmhoi contributors.
"""Forms in which a vocabulary can be given."""
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from mmhoi.label_spaces import LABEL_SPACES, LabelSpace, load_label_space
from mmhoi.utils.text_files import parse_json, read_text
from .hoi_text_parser import split_words, verb_phrases

ALLOWED = ('a list of texts, or one string "a text; another text"; a dict '
           'with the lists "verbs" and "objects"; a .txt file with a text per '
           'line; a .json file with such a list or dict, or with classes; or '
           f'the name of a label space ({", ".join(LABEL_SPACES)})')
_FILE_ENDINGS = ('.txt', '.json', '.py')


@dataclass(frozen=True)
class VocabularySource:
    """What a vocabulary is made from: texts or pairs, the other is empty.

    Attributes:
        texts (tuple[str]): Free texts.
        pairs (tuple[tuple]): Verb, object and text; without object None
            stands for it, as it does for a text that is to be made.
    """
    texts: Tuple[str, ...] = ()
    pairs: Tuple[Tuple[str, Optional[str], Optional[str]], ...] = ()


def read_source(texts: Any) -> VocabularySource:
    """Read a vocabulary in any form.

    Args:
        texts (Any): See :func:`mmhoi.apis.vocabulary.parse_vocabulary`.

    Returns:
        VocabularySource: Texts or pairs, at least one.

    Raises:
        FileNotFoundError: If a file does not exist.
        TypeError: If the form is not allowed.
        ValueError: If there is no text, an empty one, or a file is malformed.

    Examples:
        >>> read_source(dict(verbs=['ride'], objects=['cow', 'cat'])).pairs
        (('ride', 'cow', None), ('ride', 'cat', None))
    """
    if isinstance(texts, (str, Path)):
        return _from_string(str(texts))
    if isinstance(texts, dict):
        return _from_dict(texts, 'texts')
    return _from_list(texts, 'texts')


def _from_string(text: str) -> VocabularySource:
    """A file, the name of a label space, or texts between semicolons."""
    if text in LABEL_SPACES:
        return _from_label_space(load_label_space(text))
    if Path(text).suffix in _FILE_ENDINGS:
        return _from_file(Path(text))
    # One word alone is a file or name that is misspelt.
    if len(text.split()) > 1 or ';' in text:
        return _from_list(text.strip().removesuffix(';').split(';'), 'texts')
    raise ValueError(f'vocabulary "{text}" is neither a file (.txt, .json) '
                     f'nor a label space; allowed: {ALLOWED}')


def _from_file(path: Path) -> VocabularySource:
    if not path.is_file():
        raise FileNotFoundError(f'vocabulary {path} does not exist')
    if path.suffix == '.py':
        return _from_label_space(load_label_space(str(path)))
    try:
        content = read_text(path)
        if path.suffix == '.json':
            content = parse_json(content)
    except ValueError as error:
        raise ValueError(f'vocabulary {path} cannot be read ({error}); it '
                         'must be UTF-8 text, .json valid JSON') from error
    if path.suffix == '.txt':
        return _from_list([line for line in content.splitlines() if line],
                          str(path))
    if isinstance(content, list):
        return _from_list(content, str(path))
    if isinstance(content, dict) and _is_plain(content):
        return _from_dict(content, str(path))
    return _from_label_space(load_label_space(str(path)))


def _is_plain(content: Dict) -> bool:
    """Whether a dict names verbs and objects and nothing else."""
    return content.keys() <= {'verbs', 'objects'} and all(
        isinstance(name, str)
        for names in content.values() if isinstance(names, list)
        for name in names)


def _from_list(texts: Any, place: str) -> VocabularySource:
    return VocabularySource(texts=tuple(_checked(texts, place)))


def _from_dict(content: Dict, place: str) -> VocabularySource:
    """All combinations of verbs and objects."""
    unknown = sorted(map(repr, content.keys() - {'verbs', 'objects'}))
    if unknown or 'verbs' not in content:
        raise ValueError(f'vocabulary: {place} must have the keys "verbs" and '
                         f'"objects"; unknown: {", ".join(unknown) or "none"}')
    verbs = _checked(content['verbs'], f'{place}["verbs"]')
    objects = [None]
    if content.get('objects') is not None:
        objects = _checked(content['objects'], f'{place}["objects"]')
    for key, names in (('verbs', verbs), ('objects', objects)):
        for index, name in enumerate(names):
            if name is not None and not split_words(name):
                raise ValueError(f'vocabulary: {place}["{key}"][{index}] '
                                 f'{name!r} has no word')
    return VocabularySource(
        pairs=tuple((verb, obj, None) for verb in verbs for obj in objects))


def _from_label_space(space: LabelSpace) -> VocabularySource:
    phrases = verb_phrases(space)
    # The index after the last object stands for none.
    names = (*space.objects, None)
    return VocabularySource(
        pairs=tuple(
            (phrases[verb], names[obj], text) for verb, obj, text in zip(
                space.hoi_verbs, space.hoi_objects, space.hoi_prompts)))


def _checked(texts: Any, place: str) -> List[str]:
    """A list of texts that are not empty."""
    if isinstance(texts, (str, bytes, dict)) or not hasattr(texts, '__iter__'):
        raise TypeError(f'vocabulary: {place} is a {type(texts).__name__}; '
                        f'allowed: {ALLOWED}')
    texts = list(texts)
    if not texts:
        raise ValueError(f'vocabulary: {place} has no texts; give at least '
                         'one, or None for the classes of training')
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f'vocabulary: {place}[{index}] is {text!r:.60}, a '
                            f'{type(text).__name__}, not a text')
        if not text.strip():
            raise ValueError(f'vocabulary: {place}[{index}] is empty; take it '
                             'out or write a text')
    return [text.strip() for text in texts]
