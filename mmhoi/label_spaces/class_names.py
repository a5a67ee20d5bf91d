# Copyright (c) mmhoi contributors.
"""The ordered names of classes: what rows of weights belong to."""
import hashlib
import json
from typing import (TYPE_CHECKING, Any, Mapping, NamedTuple, Optional,
                    Sequence, Tuple)

from mmhoi.utils.listing import shortened

if TYPE_CHECKING:
    from .label_space import LabelSpace

#: A row of a classifier: the name of an object or a verb, or an HOI as (verb,
#: object), without object as (verb, '').
Row = Any
#: Rows of an object classifier that are no objects.
NO_OBJECT, BACKGROUND = '(no object)', '(background)'


class ClassNames(NamedTuple):
    """Names of the classes of a label space or of a checkpoint, in order.

    What is not known is None.

    Attributes:
        objects (tuple[str], optional): Names of O objects.
        verbs (tuple[str], optional): Names of V verbs.
        hois (tuple[tuple[str, str]], optional): Verb and object of H HOIs,
            '' for none; or, where only these are known, texts `verb object`.
        has_no_object (bool): Whether an HOI may be without object.
    """
    objects: Optional[Tuple[str, ...]] = None
    verbs: Optional[Tuple[str, ...]] = None
    hois: Optional[Tuple[Row, ...]] = None
    has_no_object: bool = False

    @classmethod
    def of_space(cls, space: 'LabelSpace') -> 'ClassNames':
        """Names of a label space."""
        return cls.of_metainfo(space.metainfo())

    @classmethod
    def of_metainfo(cls, meta: Mapping[str, Any]) -> 'ClassNames':
        """Names in the meta information of a data set or a checkpoint.

        Args:
            meta (Mapping): `classes`, `verb_classes`, `hoi_classes`,
                `hoi_to_verb` and `hoi_to_object`, or some of them.

        Returns:
            ClassNames: The names.

        Examples:
            >>> names = ClassNames.of_metainfo(
            ...     dict(classes=['person', 'dog'], verb_classes=['hug'],
            ...          hoi_classes=['hug dog', 'hug']))
            >>> names.hois, names.object_rows
            ((('hug', 'dog'), ('hug', '')), ('person', 'dog', '(no object)', \
'(background)'))
        """
        objects, verbs, hois = (None if meta.get(key) is None else tuple(
            map(str, meta[key])) for key in ('classes', 'verb_classes',
                                             'hoi_classes'))
        if None not in (objects, verbs, hois):
            hois = _pairs(meta, objects, verbs, hois)
        return cls(objects, verbs, hois,
                   any(isinstance(x, tuple) and not x[1] for x in hois or ()))

    @property
    def object_rows(self) -> Optional[Tuple[str, ...]]:
        """tuple[str] | None: Rows of an object classifier, background last."""
        if self.objects is None:
            return None
        extra = (NO_OBJECT, ) if self.has_no_object else ()
        return (*self.objects, *extra, BACKGROUND)

    def kinds(self, other: 'ClassNames') -> Tuple[Tuple[str, tuple, tuple]]:
        """What two sets of classes can be compared by.

        Args:
            other (ClassNames): The other one.

        Returns:
            tuple: For each kind that both know its name (`object`, `verb`,
            `HOI`) and the names in both.
        """
        pairs = (('object', self.objects, other.objects), ('verb', self.verbs,
                                                           other.verbs),
                 ('HOI', *same_form(self.hois, other.hois)))
        return tuple(x for x in pairs if None not in x[1:])


def names_digest(names: Sequence[str]) -> str:
    """A short sign of ordered names, for files that hold numbers only.

    Args:
        names (Sequence[str]): Such as those of H HOIs.

    Returns:
        str: 16 hexadecimal digits.

    Examples:
        >>> names_digest(['hug dog', 'ride horse'])
        'e2f09d30cb54310b'
    """
    text = json.dumps([str(name) for name in names])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def same_form(*hois: Optional[Sequence[Row]]) -> Tuple[Optional[tuple], ...]:
    """HOIs as pairs of names if all are, else as texts."""
    if all(isinstance(x, tuple) for names in hois for x in names or ()):
        return tuple(names and tuple(names) for names in hois)
    return tuple(names and tuple(map(text_of, names)) for names in hois)


def text_of(row: Row) -> str:
    """What messages call a row."""
    return row if isinstance(row, str) else ' '.join(row).strip()


def describe_difference(
    own: ClassNames,
    other: ClassNames,
    who: Tuple[str, str] = ('the model', 'the checkpoint')
) -> Optional[str]:
    """Say in a line how two sets of classes differ.

    Args:
        own (ClassNames): One of them.
        other (ClassNames): The other one.
        who (tuple[str, str]): What has which. Defaults to model and
            checkpoint.

    Returns:
        str | None: For each kind the classes that only one of them has, or
        the first place with different ones; None if nothing differs.

    Examples:
        >>> describe_difference(ClassNames(verbs=('hug', 'ride')),
        ...                     ClassNames(verbs=('ride', 'hug')))
        'verb class 0 is "hug" in the model and "ride" in the checkpoint'
        >>> describe_difference(ClassNames(verbs=('hug', )),
        ...                     ClassNames(verbs=('hug', 'feed')))
        'verbs only in the checkpoint: feed'
    """
    parts = []
    for kind, mine, theirs in own.kinds(other):
        if mine == theirs:
            continue
        only = [
            f'{kind}s only in {name}: {shortened([text_of(x) for x in rows])}'
            for name, rows in zip(who, (_without(mine, theirs),
                                        _without(theirs, mine))) if rows
        ]
        first = next((i for i, pair in enumerate(zip(mine, theirs))
                      if pair[0] != pair[1]), None)
        if len(mine) != len(theirs) and not only:
            only = [
                f'{len(mine)} {kind}s in {who[0]}, {len(theirs)} in '
                f'{who[1]}'
            ]
        elif len(mine) == len(theirs):
            only.insert(
                0, f'{kind} class {first} is "{text_of(mine[first])}" in '
                f'{who[0]} and "{text_of(theirs[first])}" in {who[1]}')
        parts += only
    return '; '.join(parts) or None


def _without(rows: Sequence[Row], others: Sequence[Row]) -> Sequence[Row]:
    known = set(others)
    return [row for row in rows if row not in known]


def _pairs(meta: Mapping[str, Any], objects: Tuple[str, ...],
           verbs: Tuple[str, ...], hois: Tuple[str, ...]) -> Tuple[Row, ...]:
    """Verb and object of each HOI; the texts as they are if none fits."""
    names = (*objects, '')
    tables = meta.get('hoi_to_verb'), meta.get('hoi_to_object')
    if None not in tables:
        try:
            return tuple((verbs[int(v)], names[int(o)])
                         for v, o in zip(*tables, strict=True))
        except (IndexError, TypeError, ValueError):
            return hois
    known_verbs, known_objects = set(verbs), set(names)
    pairs = []
    for text in hois:
        words = text.split(' ')
        # "sit on chair" may be the verb "sit" or "sit on".
        fitting = [(verb, obj)
                   for verb, obj in ((' '.join(words[:i]), ' '.join(words[i:]))
                                     for i in range(1,
                                                    len(words) + 1))
                   if verb in known_verbs and obj in known_objects]
        if len(fitting) != 1:
            return hois
        pairs += fitting
    return tuple(pairs)
