# Copyright (c) mmhoi contributors.
"""Interactions of one's own, in the terms of a trained model."""
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterable, List, Sequence, Tuple, Union

import numpy as np
from mmengine.logging import print_log

from mmhoi.label_spaces import ANY_OBJECT, LabelSpace
from mmhoi.label_spaces.prompts import ing_form, with_article
from mmhoi.utils.listing import shortened
from .hoi_text_parser import (UNKNOWN_VERB, HOITextParser, ParsedText,
                              prompt_of, verb_phrases)
from .vocabulary_sources import VocabularySource, read_source


@dataclass(frozen=True)
class Vocabulary:
    """Texts to score, and what a model knows of them.

    Symbols: H texts, V verbs of them, O object classes of the detector.

    Attributes:
        texts (tuple[str]): The texts, each once, length H.
        prompts (tuple[str]): What CLIP reads for them, see :func:`prompt_of`,
            length H.
        verbs (tuple[str]): Names of the verbs, length V. Verbs that the model
            knows have the names of its label space, others their words.
        objects (tuple[str]): Object classes of the detector, length O.
        hoi_verbs (np.ndarray): Verb of each text, int64, (H, ).
        hoi_objects (np.ndarray): Object class of each text, `ANY_OBJECT` if
            it names none, int64, (H, ).
        prompt_hois (np.ndarray): HOI of the label space that has the same
            prompt; -1 for other texts, int64, (H, ).
        verb_hois (np.ndarray): HOI of the label space with the verb of the
            text, and with its object too if there is such a HOI; -1 if the
            verb is unknown, int64, (H, ).
    """
    texts: Tuple[str, ...]
    prompts: Tuple[str, ...]
    verbs: Tuple[str, ...]
    objects: Tuple[str, ...]
    hoi_verbs: np.ndarray
    hoi_objects: np.ndarray
    prompt_hois: np.ndarray
    verb_hois: np.ndarray

    @property
    def metainfo(self) -> Dict[str, Any]:
        """dict: Names for pictures and JSON, as of a data set.

        `classes`, `verb_classes`, `hoi_classes` (`verb object`),
        `hoi_to_verb`, `hoi_to_object`, `hoi_texts` (the texts) and
        `hoi_prompts`.
        """
        # The last one is for labels that stand for no object or any.
        names = (*self.objects, '')
        return dict(
            classes=self.objects,
            verb_classes=self.verbs,
            hoi_classes=tuple(
                f'{self.verbs[v]} {names[o]}'.strip()
                for v, o in zip(self.hoi_verbs, self.hoi_objects)),
            hoi_to_verb=self.hoi_verbs.tolist(),
            hoi_to_object=self.hoi_objects.tolist(),
            hoi_texts=self.texts,
            hoi_prompts=self.prompts)


@dataclass(frozen=True)
class _Entry:
    """A text and its parts."""
    text: str
    prompt: str
    parsed: ParsedText
    prompt_hoi: int


def parse_vocabulary(texts: Union[str, Path, Dict, Sequence[str]],
                     space: LabelSpace) -> Vocabulary:
    """Read texts in any of the forms that are allowed.

    Args:
        texts (Sequence[str] | dict | str | Path): One of

            - a list of texts, see :class:`HOITextParser`, or one string with
              semicolons between them;
            - a dict of `verbs` and `objects`, two lists of names: all
              combinations, as `a photo of a person riding a horse`; without
              `objects` the verbs with any object;
            - a file: .txt with a text per line, .json with such a list or
              dict, or a class file, see
              :func:`mmhoi.label_spaces.load_label_space`;
            - the name of a label space, such as `vcoco`.
        space (LabelSpace): Classes of the trained model.

    Returns:
        Vocabulary: The texts.

    CLIP's embeddings depend on the wording, and the trained scale belongs to
    that of the label space. Therefore "a person riding a horse", "riding a
    horse" and the name "ride horse" are read as the prompt "a photo of a
    person riding a horse".

    Raises:
        FileNotFoundError: If a file does not exist.
        TypeError: If the texts have none of these forms.
        ValueError: If there are none, one is empty or a file is malformed.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> vocabulary = parse_vocabulary(
        ...     dict(verbs=['ride', 'film'], objects=['horse']),
        ...     load_label_space('hico_det'))
        >>> vocabulary.texts[1], vocabulary.verbs
        ('a photo of a person filming a horse', ('ride', 'filming'))
        >>> vocabulary.verb_hois.tolist()
        [139, -1]
    """
    parser = HOITextParser(space)
    source = read_source(texts)
    if source.texts:
        entries = _text_entries(source.texts, parser)
    else:
        entries = _pair_entries(source, parser)
    return _vocabulary(_without_duplicates(entries), space)


def _text_entries(texts: Sequence[str], parser: HOITextParser) -> List[_Entry]:
    """Entries of free texts."""
    space = parser.space
    phrases, prompts = verb_phrases(space), _prompt_table(space)
    entries = []
    for text in texts:
        parsed, prompt = parser.parse(text), prompt_of(text)
        verb, obj = parsed.verb_label, parsed.obj_label
        # Nothing but the two names: "ride horse".
        if UNKNOWN_VERB != verb == parser.verb_label(parsed.wording):
            name = None if obj == ANY_OBJECT else space.objects[obj]
            prompt = _prompt(phrases[verb], name)
        entries.append(_entry(text, prompt, parsed, prompts, space))
    without_object = [
        entry.text for entry in entries if entry.parsed.obj_label == ANY_OBJECT
    ]
    _warn(without_object, 'name no object of the detector and fit any')
    return entries


def _pair_entries(source: VocabularySource,
                  parser: HOITextParser) -> List[_Entry]:
    """Entries of pairs of a verb and an object."""
    space = parser.space
    known_phrases = verb_phrases(space)
    hois, prompts = _hoi_table(space), _prompt_table(space)
    entries, unknown_objects = [], {}
    for verb, obj, text in source.pairs:
        verb_label = parser.verb_label(verb)
        known = verb_label != UNKNOWN_VERB
        phrase = known_phrases[verb_label] if known else ing_form(verb)
        obj_label = ANY_OBJECT if obj is None else parser.object_label(obj)
        if obj is not None and obj_label == ANY_OBJECT:
            unknown_objects[obj] = None
        if text is None and (verb_label, obj_label) in hois:
            text = space.hoi_prompts[hois[verb_label, obj_label]]
        elif text is None:
            text = _prompt(phrase, obj)
        parsed = ParsedText(space.verbs[verb_label] if known else phrase,
                            verb_label, obj_label, f'a person {phrase}')
        entries.append(_entry(text, text, parsed, prompts, space))
    _warn(
        list(unknown_objects),
        'are no object classes of the detector and fit any object',
        what='objects')
    return entries


def _entry(text: str, prompt: str, parsed: ParsedText, prompts: Dict[str, int],
           space: LabelSpace) -> _Entry:
    """Entry of a text; a prompt of the label space means its HOI."""
    hoi = prompts.get(_key(text), prompts.get(_key(prompt), -1))
    if hoi >= 0:
        prompt = space.hoi_prompts[hoi]
        verb = int(space.hoi_verbs[hoi])
        parsed = ParsedText(space.verbs[verb], verb,
                            int(space.hoi_objects[hoi]), parsed.wording)
    return _Entry(text, prompt, parsed, hoi)


def _prompt(phrase: str, obj: Union[str, None]) -> str:
    words = ['a photo of a person', phrase]
    if obj is not None:
        words.append(with_article(obj.replace('_', ' ')))
    return ' '.join(words)


def _without_duplicates(entries: Iterable[_Entry]) -> List[_Entry]:
    """The first entry of each prompt."""
    first: Dict[str, _Entry] = {}
    repeated = []
    for entry in entries:
        if first.setdefault(_key(entry.prompt), entry) is not entry:
            repeated.append(entry.text)
    _warn(repeated, 'mean the same as earlier ones and are left out')
    return list(first.values())


def _vocabulary(entries: Sequence[_Entry], space: LabelSpace) -> Vocabulary:
    """Tables of entries without duplicates."""
    names = _verb_names(entries)
    verbs = {name: i for i, name in enumerate(dict.fromkeys(names))}
    hois = _hoi_table(space)
    any_hoi: Dict[int, int] = {UNKNOWN_VERB: -1}
    for hoi, verb in enumerate(space.hoi_verbs.tolist()):
        any_hoi.setdefault(verb, hoi)
    verb_hois = [
        entry.prompt_hoi if entry.prompt_hoi >= 0 else hois.get(
            (entry.parsed.verb_label,
             entry.parsed.obj_label), any_hoi[entry.parsed.verb_label])
        for entry in entries
    ]
    return Vocabulary(
        texts=tuple(entry.text for entry in entries),
        prompts=tuple(entry.prompt for entry in entries),
        verbs=tuple(verbs),
        objects=tuple(space.objects),
        hoi_verbs=np.array([verbs[name] for name in names]),
        hoi_objects=np.array([entry.parsed.obj_label for entry in entries]),
        prompt_hois=np.array([entry.prompt_hoi for entry in entries]),
        verb_hois=np.array(verb_hois))


def _verb_names(entries: Sequence[_Entry]) -> List[str]:
    """Names of the verbs; texts with the same verb and object get longer ones.

    Else a picture could not tell "a happy person riding a horse" from "a sad
    person riding a horse".
    """
    counts: Dict[Tuple[str, int], int] = {}
    keys = [(entry.parsed.verb, entry.parsed.obj_label) for entry in entries]
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return [
        verb if counts[verb, obj] == 1 else entry.parsed.wording
        for entry, (verb, obj) in zip(entries, keys)
    ]


def _prompt_table(space: LabelSpace) -> Dict[str, int]:
    """HOI of each prompt and name."""
    names = [name.replace('_', ' ') for name in space.hois]
    return {
        _key(text): hoi
        for texts in (names, space.hoi_prompts)
        for hoi, text in enumerate(texts)
    }


def _hoi_table(space: LabelSpace) -> Dict[Tuple[int, int], int]:
    """HOI of each verb and object."""
    return {
        pair: hoi
        for hoi, pair in enumerate(
            zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist()))
    }


def _key(text: str) -> str:
    """What texts have in common that CLIP does not tell apart."""
    return ' '.join(text.lower().split())


def _warn(names: Sequence[str], problem: str, what: str = 'texts') -> None:
    """One warning for all names with a problem."""
    if names:
        print_log(
            f'vocabulary: {len(names)} {what} {problem}: '
            f'{shortened([repr(name) for name in names])}',
            logger='current',
            level=logging.WARNING)
