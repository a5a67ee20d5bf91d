# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.utils.kinds import LISTS, NUMBERS, shown, wrong_kind

KINDS = {
    'a': dict,
    'a.*': LISTS,
    'a.*.*': NUMBERS,
    'b.c': (str, int),
    'd': bool,
}


@pytest.mark.parametrize('content, words', [
    ({}, None),
    (dict(a=None, d=True, e=object()), None),
    (dict(a=dict(x=[1, 2.5], y=(3, ))), None),
    (dict(b=3), None),
    (dict(a=[]), '`a` is a list, not a dict'),
    (dict(a=dict(x=3)), '`a.x` is 3, not a list'),
    (dict(a=dict(x=[1, None])), '`a.x.1` is a NoneType, not a number'),
    (dict(a=dict(x=[True])), '`a.x.0` is True, not a number'),
    (dict(b=dict(c=.5)), '`b.c` is 0.5, not a text or a whole number'),
    (dict(d=1), '`d` is 1, not True or False'),
])
def test_entries(content, words):
    assert wrong_kind(content, KINDS) == words


def test_the_content_itself():
    assert wrong_kind([], {'': dict}) == 'it is a list, not a dict'
    assert wrong_kind(None, {'': dict}) == 'it is a NoneType, not a dict'


@pytest.mark.parametrize('value', [10**999, 'x\n' * 999, b'\xff' * 99, [1]])
def test_values_are_short(value):
    assert len(shown(value)) < 50 and '\n' not in shown(value)
