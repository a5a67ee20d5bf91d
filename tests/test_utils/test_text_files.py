# Copyright (c) mmhoi contributors.
import codecs
import io
import json
import sys

import pytest

from mmhoi.utils.text_files import (TextFileError, decode_text, json_lines,
                                    open_to_write, parse_json, print_json,
                                    read_json, read_lines, read_text,
                                    write_json)

TEXT = '["人骑马", "café"]\r\n\n["b"]'
NO_NAME = 'caf\udce9.jpg'
ENCODINGS = ('utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'utf-16-be',
             'utf-32', 'utf-32-le', 'utf-32-be')


@pytest.mark.parametrize('encoding', ENCODINGS)
def test_all_that_is_read(tmp_path, encoding):
    path = tmp_path / '人.txt'
    path.write_bytes(TEXT.encode(encoding))
    assert decode_text(path.read_bytes()) == TEXT
    assert read_text(path) == TEXT.replace('\r', '')
    assert list(read_lines(path)) == [(1, '["人骑马", "café"]'), (3, '["b"]')]
    assert list(json_lines(path)) == [(1, ['人骑马', 'café']), (3, ['b'])]
    path.write_bytes('{"a": ["é"]}'.encode(encoding))
    assert read_json(path) == {'a': ['é']}
    assert read_json(path, len) == 1


@pytest.mark.parametrize('mark', [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_marks_of_utf16(tmp_path, mark):
    order = 'le' if mark == codecs.BOM_UTF16_LE else 'be'
    path = tmp_path / 'a.txt'
    path.write_bytes(mark + 'é'.encode(f'utf-16-{order}'))
    assert read_text(path) == 'é' and list(read_lines(path)) == [(1, 'é')]


@pytest.mark.parametrize('content, message', [
    (b'a\n\xe9', 'no text in UTF-8 .* at byte 2.*save it as UTF-8'),
    (b'\xff\xfea', 'no text in UTF-16'),
])
def test_no_text(tmp_path, content, message):
    path = tmp_path / 'a.txt'
    path.write_bytes(content)
    with pytest.raises(TextFileError, match=message):
        read_text(path)
    with pytest.raises(TextFileError, match='line [12]: it is no text in'):
        list(read_lines(path))


@pytest.mark.parametrize('content, message', [
    ('{', 'Expecting'),
    ('[' * 100000, 'nested too deeply'),
    (b'\xff', 'no text in UTF-8'),
])
def test_no_json(tmp_path, content, message):
    with pytest.raises(TextFileError, match=message):
        parse_json(content)
    path = tmp_path / 'a.jsonl'
    path.write_bytes(
        content if isinstance(content, bytes) else content.encode('utf-8'))
    with pytest.raises(TextFileError, match='a.jsonl: line 1'):
        list(json_lines(path))


def test_written_is_utf8_with_line_feeds(tmp_path):
    path = tmp_path / 'new' / 'a.json'
    write_json(path, {'人': NO_NAME})
    assert path.read_bytes() == '{"人": "caf\\udce9.jpg"}\n'.encode('utf-8')
    assert read_json(path) == {'人': NO_NAME}
    with pytest.raises(ZeroDivisionError), open_to_write(path) as file:
        file.write('half')
        1 / 0
    assert read_json(path) == {'人': NO_NAME}
    assert len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize('encoding, shown', [
    ('utf-8', '["人", "é"]'),
    ('ascii', '["\\u4eba", "\\u00e9"]'),
    ('latin-1', '["\\u4eba", "\\u00e9"]'),
])
def test_prints_on_any_terminal(monkeypatch, encoding, shown):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, 'stdout', terminal)
    print_json(['人', 'é'])
    terminal.flush()
    line = terminal.buffer.getvalue().decode(encoding)
    assert line == shown + '\n' and json.loads(line) == ['人', 'é']
