# Copyright (c) mmhoi contributors.
"""The ids of images, by which an evaluation tells them apart."""
from collections import Counter
from typing import Iterator, Sequence

from .rules import Problem, is_whole_number

#: Floats, which other programs read ids as, hold whole numbers up to here.
LARGEST_ID = 2**53


def id_problems(records: Sequence) -> Iterator[Problem]:
    """What is wrong with the `img_id` of entries.

    An id is a whole number, or a text where no file but a pickle or json of
    predictions is written. None stands for no id.

    Args:
        records (Sequence): Entries, of any structure.

    Yields:
        Problem: Ids of a wrong type, of several types, and repeated ones.

    Examples:
        >>> [str(p) for p in id_problems([dict(img_id=1), dict(img_id=1)])]
        ['error: repeated img_id: img_id 1 occurs 2 times; give each image \
an img_id of its own']
    """
    ids = [(index, record['img_id']) for index, record in enumerate(records)
           if isinstance(record, dict) and record.get('img_id') is not None]
    good = []
    for index, value in ids:
        if is_image_id(value):
            good.append(value)
        else:
            name = records[index].get('file_name', '')
            yield Problem(
                'bad img_id', f'entry {index}', str(name),
                f'img_id {value!r} must be a whole number in 0..2**53 - 1')
    texts = [value for value in good if isinstance(value, str)]
    if texts and len(texts) < len(good):
        number = next(value for value in good if not isinstance(value, str))
        yield Problem(
            'bad img_id', '', '',
            f'{len(texts)} img_ids are texts, such as {texts[0]!r}, and '
            f'{len(good) - len(texts)} are numbers, such as {number}; make '
            'all of them whole numbers')
    if len(set(good)) < len(good):
        for value, count in Counter(good).items():
            if count > 1:
                yield Problem(
                    'repeated img_id', '', '',
                    f'img_id {value} occurs {count} times; give each image '
                    'an img_id of its own')


def is_image_id(value: object) -> bool:
    """Whether a value can be the id of an image.

    Args:
        value (object): The value.

    Returns:
        bool: Whether it is a whole number of usual size, or a text.

    Examples:
        >>> [is_image_id(x) for x in (7, 'a7', 7., True, -1, '')]
        [True, True, False, False, False, False]
    """
    if isinstance(value, str):
        return value != ''
    return is_whole_number(value) and 0 <= value < LARGEST_ID
