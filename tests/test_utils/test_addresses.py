# Copyright (c) mmhoi contributors.
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mmhoi.utils import addresses
from mmhoi.utils.addresses import read_content


class Server(BaseHTTPRequestHandler):
    ANSWERS = {
        '/good': ('image/png', b'good', 4),
        '/short': ('image/png', b'cut', 4),
        '/video': ('multipart/x-mixed-replace; boundary=x', b'--x', 3),
        '/big': ('image/png', bytes(2000), 2000),
    }

    def do_GET(self):
        if self.path == '/silent':
            self.server.over.wait()
        if self.path not in self.ANSWERS:
            self.send_error(404)
            return
        kind, content, length = self.ANSWERS[self.path]
        self.send_response(200)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture(scope='module')
def server():
    server = ThreadingHTTPServer(('127.0.0.1', 0), Server)
    server.over = threading.Event()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_content(server, tmp_path):
    assert read_content(f'{server}/good') == b'good'
    (tmp_path / 'a.png').write_bytes(b'file')
    assert read_content(str(tmp_path / 'a.png')) == b'file'


@pytest.mark.parametrize('path, error, message', [
    ('/none', OSError, '404'),
    ('/short', OSError, 'breaks off 1 bytes before'),
    ('/video', ValueError, 'it is a stream .multipart.*video_demo'),
    ('/big', ValueError, 'more than 1000 bytes'),
    ('/silent', OSError, 'timed out'),
])
def test_bad_answers(server, monkeypatch, path, error, message):
    monkeypatch.setattr(addresses, 'MAX_BYTES', 1000)
    monkeypatch.setattr(addresses, 'TIMEOUT', .2)
    with pytest.raises(error, match=message):
        read_content(f'{server}{path}')


@pytest.mark.parametrize('address, message', [
    ('ftp://127.0.0.1/a.jpg',
     'allowed are a path, file://, http:// and https://'),
    ('s3://bucket/a.jpg', 'allowed are'),
    ('rtsp://127.0.0.1/live', 'video_demo.py take the frames'),
])
def test_unknown_addresses(address, message):
    with pytest.raises(ValueError, match=message):
        read_content(address)
