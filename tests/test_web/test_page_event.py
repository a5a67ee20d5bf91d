# Copyright (c) mmhoi contributors.
import json

import pytest
from web import BadRequest, clean_event

INPUTS = {0: ['State', 'Textbox', 'Slider'], 1: ['File'], 2: []}


def clean(**changes):
    event = dict(
        fn_index=0,
        data=[None, 'ride horse', 0.3],
        session_hash='abc',
        trigger_id=4)
    event.update(changes)
    return json.loads(
        clean_event(json.dumps(event).encode(), INPUTS, '/sent/a.png'.__eq__))


def file(**fields):
    return dict(fn_index=1, data=[dict(path='/sent/a.png', **fields)])


def test_event_of_the_page():
    event = clean()
    assert event['data'] == [None, 'ride horse', 0.3]
    assert event['trigger_id'] == 4


def test_other_fields_are_left_out():
    event = clean(event_id='x', simple_format=True, batched=True, url='a')
    assert set(event) == {
        'data', 'event_data', 'fn_index', 'session_hash', 'trigger_id'
    }
    cleaned, = clean(**file(url='http://example.org/', is_stream=True))['data']
    assert cleaned == dict(
        path='/sent/a.png', meta=dict(_type='gradio.FileData'))
    # The server's own memory is not the client's to set.
    assert clean(data=[{'path': '/etc/passwd'}, '', 0])['data'][0] is None


@pytest.mark.parametrize('changes, message', [
    (dict(fn_index=3), 'fn_index: no event'),
    (dict(fn_index=True), 'fn_index: no event'),
    (dict(fn_index='0'), 'fn_index: no event'),
    (dict(session_hash=None), 'session_hash: 1 to 64'),
    (dict(session_hash='a' * 65), 'session_hash: 1 to 64'),
    (dict(session_hash='../a'), 'session_hash: 1 to 64'),
    (dict(data=None), 'data: a list of 3'),
    (dict(data=[]), 'data: a list of 3'),
    (dict(data=[None, 5, 0.3]), 'data: a text'),
    (dict(data=[None, None, 0.3]), 'data: a text'),
    (dict(data=[None, '', None]), r'data: a number in 0\.\.1'),
    (dict(data=[None, '', float('nan')]), r'data: a number in 0\.\.1'),
    (dict(data=[None, '', 10**400]), r'data: a number in 0\.\.1'),
    (dict(data=[None, '\ud800', 0.3]), 'no text'),
    (dict(fn_index=1, data=['/sent/a.png']), 'data: a file'),
    (dict(fn_index=1, data=[dict(path=['/sent/a.png'])]), 'data: a file'),
    (dict(fn_index=1, data=[dict(path='/sent/a.svg')]), r'type \.jpg'),
    (dict(fn_index=1, data=[dict(path='/etc/a.png')]), 'was not sent'),
    (dict(fn_index=1, data=[dict(path='http://a.org/a.png')]), 'was not sent'),
])
def test_refuses(changes, message):
    with pytest.raises(BadRequest, match=message) as error:
        clean(**changes)
    assert error.value.status == 400


@pytest.mark.parametrize('body', [
    b'no json', b'', b'7', b'[]', b'[' * 90_000, b'\xff\xfe\0',
    b'{"fn_index": ' + b'9' * 90_000 + b'}'
])
def test_refuses_bodies(body):
    with pytest.raises(BadRequest):
        clean_event(body, INPUTS, bool)


@pytest.mark.parametrize('data, expected', [
    (dict(index=3, value='a'), dict(index=3, value=None, row_value=None)),
    (dict(index=[0, 1], row_value=[1, 'a' * 500]),
     dict(index=[0, 1], value=None, row_value=['1', 'a' * 400])),
    (dict(index=-1), dict(index=None, value=None, row_value=None)),
    (dict(index='0',
          row_value='abc'), dict(index=None, value=None, row_value=None)),
    (dict(index=True, row_value=list(
        range(6))), dict(index=None, value=None, row_value=None)),
    ('abc', dict(index=None, value=None, row_value=None)),
])
def test_what_was_clicked(data, expected):
    assert clean(event_data=data)['event_data'] == expected
