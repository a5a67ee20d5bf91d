# Copyright (c) mmhoi contributors.
"""Which verb and object of a model a text speaks of."""
import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from mmhoi.label_spaces import ANY_OBJECT, LabelSpace
from mmhoi.label_spaces.prompts import ing_form

UNKNOWN_VERB = -1

Words = Tuple[str, ...]

_PERSONS = ('person', 'people', 'man', 'men', 'woman', 'women', 'boy', 'boys',
            'girl', 'girls', 'child', 'children', 'kid', 'kids', 'human',
            'someone', 'somebody')
_INTRODUCTION = re.compile(
    r'(?:(?:an?|the) )?(?:photo|photograph|picture|image) of ')
# "person", "the person", "a happy young person".
_SUBJECT = re.compile(r"(?:(?:an?|the|one|two|some) (?:[\w'-]+ ){0,2}?)?"
                      rf'(?:{"|".join(_PERSONS)})(?: |$)')
_AUXILIARIES = ('is', 'are', 'was', 'were', 'who', 'that')
_DETERMINERS = ('a', 'an', 'the', 'his', 'her', 'their', 'its', 'this', 'that',
                'some', 'one', 'two')
_IRREGULAR_PLURALS = dict(mouse='mice', knife='knives', person='people')


@dataclass(frozen=True)
class ParsedText:
    """Verb and object of a text.

    Attributes:
        verb (str): Name of the verb; of an unknown one its words.
        verb_label (int): Its index in the label space, or `UNKNOWN_VERB`.
        obj_label (int): Index of the object, or `ANY_OBJECT`.
        wording (str): The text without introduction and object.
    """
    verb: str
    verb_label: int
    obj_label: int
    wording: str


class HOITextParser:
    """Find the verbs and objects of a label space in texts.

    A text is taken apart by fixed rules:

    1. "a photo of" at the start is left out, and a subject such as "a person"
       or "the young woman", with "is" after it.
    2. What follows begins with the verb. It is known if it is a name of the
       label space (`sit_on`), as a phrase or with an s ("sits on"), or the
       phrase of its prompts ("sitting on"); the longest one counts.
    3. The object is the first name of an object class after the verb, in
       singular or plural, as whole words; of names that begin at the same
       word the longest. So in "training a dog" and "hugging a person" neither
       the verb nor the subject is mistaken for the object.
    4. What stands before the object, where no verb is known, is the name of
       an unknown one. A text may also begin with the object ("horse riding").

    Args:
        space (LabelSpace): Verbs and objects of the model.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> parser = HOITextParser(load_label_space('hico_det'))
        >>> parser.parse('a person sits on two horses')
        ParsedText(verb='sit_on', verb_label=87, obj_label=17, \
wording='a person sits on')
        >>> parsed = parser.parse('a photo of a man photographing a hot dog')
        >>> parsed.verb, parsed.verb_label, parsed.obj_label
        ('photographing', -1, 52)
    """

    def __init__(self, space: LabelSpace) -> None:
        self.space = space
        self._verbs = _verb_table(space)
        self._objects = _object_table(space)
        self._max_words = max(map(len, (*self._verbs, *self._objects)))

    def verb_label(self, name: str) -> int:
        """Index of a verb by its name or phrase, or `UNKNOWN_VERB`."""
        return self._verbs.get(split_words(name), UNKNOWN_VERB)

    def object_label(self, name: str) -> int:
        """Index of an object by its name, or `ANY_OBJECT`."""
        return self._objects.get(split_words(name), ANY_OBJECT)

    def parse(self, text: str) -> ParsedText:
        """Verb and object of a text, see the class.

        Args:
            text (str): The text.

        Returns:
            ParsedText: What it speaks of.
        """
        words = _without(_INTRODUCTION, split_words(text))
        rest = _without_subject(words)
        verb_label, length = self._longest(self._verbs, rest)
        # Also an unknown verb has one word at least.
        span = self._first_object(rest, length or 1)
        if span is None and not length:
            span = self._first_object(rest, 0)
        if span is None:
            name = self._name(verb_label, rest or words) or text
            return ParsedText(name, verb_label, ANY_OBJECT, ' '.join(words)
                              or text)
        start, stop, obj_label = span
        before = _without_determiners(rest[:start])
        if not before:
            verb_label, _ = self._longest(self._verbs, rest[stop:])
        name = self._name(verb_label, before or rest[stop:])
        offset = len(words) - len(rest)
        wording = _without_determiners(
            words[:offset + start]) + words[offset + stop:]
        return ParsedText(name or text, verb_label, obj_label,
                          ' '.join(wording))

    def _name(self, verb_label: int, words: Words) -> str:
        if verb_label == UNKNOWN_VERB:
            return ' '.join(words)
        return self.space.verbs[verb_label]

    def _first_object(self, words: Words,
                      start: int) -> Optional[Tuple[int, int, int]]:
        """Start, stop and label of the first object from a word on."""
        for i in range(start, len(words)):
            label, length = self._longest(self._objects, words[i:])
            if length:
                return i, i + length, label
        return None

    def _longest(self, table: Dict[Words, int],
                 words: Words) -> Tuple[int, int]:
        """Label and length of the longest entry that words begin with.

        -1, which stands for an unknown verb and for any object, and 0 if
        there is none.
        """
        for length in range(min(self._max_words, len(words)), 0, -1):
            if words[:length] in table:
                return table[words[:length]], length
        return -1, 0


def split_words(text: str) -> Words:
    """Words of a text or name in lower case.

    Args:
        text (str): The text.

    Returns:
        tuple[str]: Its words.

    Examples:
        >>> split_words('A  T-shirt, sit_on')
        ('a', 't-shirt', 'sit', 'on')
    """
    return tuple(re.findall(r"[\w'-]+", text.lower().replace('_', ' ')))


def prompt_of(text: str) -> str:
    """The text as CLIP's prompts are written: "a photo of a person ...".

    Args:
        text (str): The text.

    Returns:
        str: "a photo of" and the text if it begins with a person, "a photo of
        a person" and the text if it begins with an -ing form, else the text.

    Examples:
        >>> prompt_of('the man riding a horse.')
        'a photo of the man riding a horse'
        >>> prompt_of('riding a horse')
        'a photo of a person riding a horse'
        >>> prompt_of('a picture of a man riding a horse')
        'a picture of a man riding a horse'
    """
    text = text.removesuffix('.')
    words = split_words(text)
    if _SUBJECT.match(' '.join(words)):
        return f'a photo of {text}'
    if words and words[0].endswith('ing'):
        return f'a photo of a person {text}'
    return text


def verb_phrases(space: LabelSpace) -> List[str]:
    """What the prompts of a label space call its verbs.

    Args:
        space (LabelSpace): The label space.

    Returns:
        list[str]: Such as "riding"; "and" where persons do nothing, (V, ).

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> verb_phrases(load_label_space('vcoco'))[15:18]
        ['catching', 'cutting with', 'cutting']
    """
    phrases = (
        prompt.removeprefix('a photo of a person').removesuffix(' something')
        for prompt in space.verb_prompts)
    return [phrase.strip() or 'and' for phrase in phrases]


def _verb_table(space: LabelSpace) -> Dict[Words, int]:
    """Verb of each phrase and name."""
    table: Dict[Words, int] = {}
    for label, phrase in enumerate(verb_phrases(space)):
        table.setdefault(split_words(phrase), label)
    for label, name in enumerate(space.verbs):
        # V-COCO's roles are no words.
        base = split_words(name.removesuffix('_obj').removesuffix('_instr'))
        # V-COCO: "cut" is cutting a cake rather than cutting with something.
        label = table.get(split_words(ing_form(' '.join(base))), label)
        for first in (base[0], *_with_s(base[0])):
            table.setdefault((first, *base[1:]), label)
    return table


def _object_table(space: LabelSpace) -> Dict[Words, int]:
    """Object of each name, in singular and plural."""
    table = {split_words(name): i for i, name in enumerate(space.objects)}
    for names, label in list(table.items()):
        *first, last = names
        forms = [*_with_s(last), _IRREGULAR_PLURALS.get(last, last)]
        if last.endswith('s'):
            forms.append(last[:-1])
        for form in forms:
            table.setdefault((*first, form), label)
    if 'person' in space.objects:
        for name in _PERSONS:
            table.setdefault((name, ), space.objects.index('person'))
    return table


def _with_s(word: str) -> List[str]:
    """Forms with an s: plurals of nouns, third persons of verbs."""
    if word.endswith('y'):
        return [f'{word}s', f'{word[:-1]}ies']
    return [f'{word}s', f'{word}es']


def _without(pattern: 're.Pattern', words: Words) -> Words:
    """Words without those at the start that a pattern matches."""
    text = ' '.join(words)
    match = pattern.match(text)
    return tuple(text[match.end():].split()) if match else words


def _without_subject(words: Words) -> Words:
    """Words from the verb on."""
    rest = _without(_SUBJECT, words)
    if rest == words:
        return words
    while rest and rest[0] in _AUXILIARIES:
        rest = rest[1:]
    # "happily riding"
    if len(rest) > 1 and rest[0].endswith('ly') and rest[1].endswith('ing'):
        rest = rest[1:]
    return rest


def _without_determiners(words: Sequence[str]) -> Words:
    """Words without "a", "the", ... at the end."""
    words = list(words)
    while words and words[-1] in _DETERMINERS:
        words.pop()
    return tuple(words)
