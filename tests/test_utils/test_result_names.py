# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.utils.result_names import (MAX_STEM_BYTES, UniqueNames,
                                      picture_name, picture_names)

LONG = 'ü' * 127 + '.jpg'


@pytest.mark.parametrize('path, name', [
    ('photos/a.jpg', 'a.jpg'),
    ('photos/a.PNG', 'a.PNG'),
    ('photos/a.gif', 'a.jpg'),
    ('photos/a', 'a.jpg'),
    ('photos/a.b.c', 'a.b.jpg'),
    ('who?/a.jpg', 'a.jpg'),
    ('photos/a?b=1.jpg', 'a?b=1.jpg'),
    ('photos/a#1.png', 'a#1.png'),
    ('photos/a%20b.png', 'a%20b.png'),
    ('https://example.org/x/b.png?size=2#top', 'b.png'),
    ('https://example.org', 'example.jpg'),
    ('https://[example/b.png', 'b.png'),
    ('s3://bucket/a?b.png', 'a?b.png'),
])
def test_picture_name(path, name):
    assert picture_name(path) == name


@pytest.mark.parametrize(
    'names, expected',
    [
        (['a.jpg', 'a.jpg', 'a.png'], ['a.jpg', 'a_1.jpg', 'a_2.png']),
        (['A.jpg', 'a.jpg'], ['A.jpg', 'a_1.jpg']),
        (['a_1.jpg', 'a.jpg', 'a.jpg'], ['a_1.jpg', 'a.jpg', 'a_2.jpg']),
        # The same letter, composed and not, and in capitals.
        (['\u00e9.jpg', 'e\u0301.jpg', '\u00c9.jpg'
          ], ['\u00e9.jpg', 'e\u0301_1.jpg', '\u00c9_2.jpg']),
        (['x/a.jpg', 'y/a.jpg', 'X/A.jpg'
          ], ['x/a.jpg', 'y/a.jpg', 'X/A_1.jpg']),
    ])
def test_names_that_are_one_to_some_file_system(names, expected):
    unique = UniqueNames()
    assert [unique.add(name) for name in names] == expected


def test_names_that_are_too_long():
    other = LONG.replace('ü.jpg', 'ö.jpg')
    unique = UniqueNames()
    names = [unique.add(name) for name in (LONG, other, LONG)]
    assert len(set(names)) == 3
    for name in names:
        assert name.startswith('ü') and name.endswith('.jpg')
        assert len(name.encode()) <= MAX_STEM_BYTES + len('_1.jpg')
    # The same in every run.
    assert UniqueNames().add(other) == names[1]


def test_names_that_are_no_text():
    name = b'caf\xe9.jpg'.decode(errors='surrogateescape')
    assert UniqueNames().add(name) == name


@pytest.mark.parametrize('paths, names', [
    ([], []),
    (['/data/a.jpg'], ['a.jpg']),
    (['/data/a.jpg', '/data/x/a.jpg'], ['a.jpg', 'x/a.jpg']),
    (['/data/x/0.jpg', '/data/x/1.gif'], ['0.jpg', '1.jpg']),
    (['data/x/0.jpg', './data/y/../y/0.jpg'], ['x/0.jpg', 'y/0.jpg']),
    (['s3://b/x/../../0.jpg', 's3://b/y/0.jpg'], ['0.jpg', 'b/y/0.jpg']),
])
def test_names_with_folders(paths, names):
    assert picture_names(paths) == names


def test_many_equal_names_take_no_time():
    unique = UniqueNames()
    assert unique.add('a.jpg') == 'a.jpg'
    for i in range(1, 5000):
        assert unique.add('a.jpg') == f'a_{i}.jpg'
