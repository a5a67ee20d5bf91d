# Copyright (c) mmhoi contributors.
"""What somebody sends who does not use the page."""
import json
import socket
import time
from pathlib import Path
from urllib.parse import quote

import pytest

BOUNDARY = 'x'
FORM = {'Content-Type': f'multipart/form-data; boundary={BOUNDARY}'}
JSON = {'Content-Type': 'application/json'}
FILE = '/gradio_api/file='


def upload(server, name, content):
    """Send a file; returns status and answer."""
    body = (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; '
            f'filename="{name}"\r\n\r\n').encode()
    body += content + f'\r\n--{BOUNDARY}--\r\n'.encode()
    return server.ask('/gradio_api/upload', 'POST', body, FORM)


def choose(server, path):
    """Tell the page that a file was sent; returns the server's message."""
    config = json.loads(server.ask('/config')[1])
    upload_id, = (
        part['id'] for part in config['components']
        if part['props'].get('elem_id') == 'upload')
    event, = (
        event for event in config['dependencies']
        if [upload_id, 'upload'] in map(list, event['targets']))
    body = dict(
        data=[dict(path=path, meta=dict(_type='gradio.FileData'))],
        fn_index=event['id'],
        trigger_id=upload_id,
        session_hash=f'session{time.time_ns()}')
    status, answer = server.ask('/gradio_api/queue/join', 'POST',
                                json.dumps(body), JSON)
    if status != 200:
        return answer.decode()
    session = body['session_hash']
    return server.ask(
        f'/gradio_api/queue/data?session_hash={session}')[1].decode()


@pytest.mark.parametrize('path', [
    '/etc/passwd', '{folder}/../../../../../etc/passwd',
    quote('{folder}/../../../../../etc/passwd', safe='{}'), '../setup.py',
    'setup.py', 'mmhoi/version.py', __file__
])
def test_files_of_the_machine(server, path):
    status, body = server.ask(FILE + path.format(folder=server.folder))
    assert status in (403, 404) and b'root:' not in body


def test_file_of_the_machine_as_picture(server, picture_file):
    assert 'was not sent' in choose(server, str(picture_file))


def test_sent_file_as_picture(server, picture_file):
    """The same request with a file that was sent is answered."""
    status, body = upload(server, 'a.png', picture_file.read_bytes())
    assert status == 200
    answer = choose(server, json.loads(body)[0])
    assert '"success":true' in answer.replace(' ', '')


def test_addresses_are_not_fetched(server):
    with socket.socket() as other:
        other.bind(('127.0.0.1', 0))
        other.listen()
        other.settimeout(1)
        address = 'http://127.0.0.1:%d/a.png' % other.getsockname()[1]
        assert server.ask(FILE + address)[0] == 404
        assert 'was not sent' in choose(server, address)
        with pytest.raises(TimeoutError):
            other.accept()


@pytest.mark.parametrize('name', [
    '../../../evil.png', '/tmp/evil.png', '..\\\\evil.png', 'evil.png\\0.html',
    '<script>.png'
])
def test_names_of_files(server, name):
    status, body = upload(server, name, name.encode())
    assert status == 200
    path, = json.loads(body)
    assert server.folder in Path(path).resolve().parents
    files = [p for p in server.temp_dir.rglob('*') if 'evil' in p.name]
    assert all(server.folder in p.parents for p in files)


def test_sizes(server):
    assert upload(server, 'a.png', bytes(1_000_000))[0] == 200
    assert upload(server, 'a.png', bytes(1_000_001))[0] == 413
    assert upload(server, 'a.png', bytes(5_000_000))[0] == 413
    assert server.ask('/gradio_api/queue/join', 'POST', bytes(200_000),
                      JSON)[0] == 413


@pytest.mark.parametrize('path', [
    '/gradio_api/vibe-code', '/gradio_api/process_recording',
    '/gradio_api/proxy=http://example.org/', '/gradio_api/run/on_detect',
    '/monitoring', '/docs', '/gradio_api/info'
])
def test_unused_routes(server, path):
    assert server.ask(path)[0] == 404


def test_name_of_the_server(server):
    """Pages of other servers cannot pose as this one."""
    assert server.ask('/', headers=dict(Host='example.org'))[0] == 400
    assert server.ask('/', headers=dict(Host='localhost:7860'))[0] == 200
