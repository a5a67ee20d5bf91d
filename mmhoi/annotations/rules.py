# Copyright (c) mmhoi contributors.
"""What can be wrong with an annotation file, and what becomes of it.

One table for all: tools/analysis_tools/check_dataset.py prints every finding,
data sets and the evaluation refuse a file or say in one line what they do.
"""
from typing import Dict, NamedTuple

#: The file is not used: a SetupError says what to change.
REFUSED = 'refused'
LEFT_OUT = 'left out'
KEPT = 'kept'
#: Of interest to who checks a file, but nothing is wrong with its use.
SILENT = ''

#: Larger coordinates are no pixels; up to here float32 has all whole numbers.
LARGEST_COORDINATE = 2**24
#: Types of numbers in json; bool, a kind of int, is none.
NUMBERS = frozenset((int, float))


class Rule(NamedTuple):
    """A kind of finding.

    Attributes:
        is_error (bool): Whether check_dataset.py calls it an error; False for
            what is legal, but odd.
        training (str): What training does about it: `REFUSED`, `SILENT`, or
            what it says in its warning.
        testing (str): The same of testing and evaluation.
    """
    is_error: bool
    training: str
    testing: str


#: By their kinds. Training follows the official loaders; testing changes
#: nothing that an evaluation can use.
RULES: Dict[str, Rule] = {
    'no image':
    Rule(True, REFUSED, REFUSED),
    'bad structure':
    Rule(True, REFUSED, REFUSED),
    'missing key':
    Rule(True, REFUSED, REFUSED),
    'bad type':
    Rule(True, REFUSED, REFUSED),
    # Training does not ask for ids.
    'bad img_id':
    Rule(True, SILENT, REFUSED),
    'repeated img_id':
    Rule(True, SILENT, REFUSED),
    'repeated image':
    Rule(True, 'made one', 'made one'),
    # Without the images nobody knows whether they are one.
    'names that differ in case only':
    Rule(False, KEPT, KEPT),
    'image listed twice that cannot be made one':
    Rule(True, REFUSED, REFUSED),
    'boxes in fractions':
    Rule(True, REFUSED, REFUSED),
    'boxes that are no corners':
    Rule(True, REFUSED, REFUSED),
    'subjects and objects exchanged':
    Rule(True, REFUSED, REFUSED),
    'boxes may be percentages':
    Rule(False, KEPT, KEPT),
    'boxes may count from 1':
    Rule(False, KEPT, KEPT),
    'bad box':
    Rule(True, LEFT_OUT, LEFT_OUT),
    'unknown category':
    Rule(True, LEFT_OUT, LEFT_OUT),
    'empty or inverted box':
    Rule(True, LEFT_OUT, KEPT),
    'box smaller than a pixel':
    Rule(False, KEPT, KEPT),
    'box outside of the image':
    Rule(True, 'cut off at its border', KEPT),
    # Common in official and rendered files, and harmless.
    'repeated box':
    Rule(False, SILENT, SILENT),
    'index out of range':
    Rule(True, 'image left out', LEFT_OUT),
    'subject is no person':
    Rule(True, KEPT, KEPT),
    'pair of one box':
    Rule(False, KEPT, KEPT),
    'unknown verb':
    Rule(True, LEFT_OUT, LEFT_OUT),
    'verb and object form no HOI':
    Rule(True, LEFT_OUT, LEFT_OUT),
    'contradicting HOI':
    Rule(True, 'verb and object count', 'verb and object count'),
    'repeated interaction':
    Rule(False, 'counted once', KEPT),
    'image cannot be read':
    Rule(True, SILENT, SILENT),
    'turned image':
    Rule(False, 'boxes taken as those of the image as it is stored',
         'boxes taken as those of the image as it is stored'),
    'image without interaction':
    Rule(False, SILENT, SILENT),
    'HOI that never occurs':
    Rule(False, SILENT, SILENT),
}


class Problem(NamedTuple):
    """One finding.

    Attributes:
        kind (str): Key of `RULES`.
        image (str): Name of the image, or `entry 5` if it has none, or empty
            if it is about the whole file.
        place (str): Index in the entry, such as `annotations[2]`, or empty.
        detail (str): The bad value and what is allowed.
    """
    kind: str
    image: str
    place: str
    detail: str

    @property
    def is_error(self) -> bool:
        """False for what is legal, but odd."""
        return RULES[self.kind].is_error

    def __str__(self) -> str:
        where = ' '.join(filter(None, (self.image, self.place)))
        level = 'error' if self.is_error else 'warning'
        return (f'{level}: {where}{": " if where else ""}{self.kind}: '
                f'{self.detail}')


def is_whole_number(value: object) -> bool:
    """Whether a value is an integer; True and 1.0 are none.

    Args:
        value (object): The value.

    Returns:
        bool: Whether it is one.
    """
    return isinstance(value, int) and not isinstance(value, bool)


def is_box(bbox: object) -> bool:
    """Whether a value is four numbers that can be coordinates of pixels.

    Args:
        bbox (object): The value.

    Returns:
        bool: Whether it is.

    Examples:
        >>> is_box([1, 2.5, 30, 40]), is_box([1, 2, 3]), is_box([1, 2, 3, 1e9])
        (True, False, False)
    """
    if not isinstance(bbox, (list, tuple)) or len(bbox) != 4:
        return False
    # A loop: it runs for every box of a data set.
    for x in bbox:
        if (type(x) not in NUMBERS
                or not -LARGEST_COORDINATE <= x <= LARGEST_COORDINATE):
            return False
    return True


def is_empty(bbox: list) -> bool:
    """Whether a box has no area or its corners are exchanged.

    Args:
        bbox (list): x1, y1, x2, y2.

    Returns:
        bool: Whether it has.
    """
    return bbox[2] <= bbox[0] or bbox[3] <= bbox[1]
