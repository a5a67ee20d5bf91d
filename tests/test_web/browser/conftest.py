# Copyright (c) mmhoi contributors.
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest

if os.environ.get('MMHOI_WEB_TESTS') != '1':
    # Plain pytest needs neither Gradio nor a browser; `make test-web` does.
    collect_ignore_glob = ['*']

ROOT = Path(__file__).resolve().parents[3]
CONFIG = ROOT / 'configs/hoiclip/hoiclip_mini_synhico.py'
#: Seconds; machines that do other things as well are slow.
START_TIME, WAIT_TIME = 300, 60


@dataclass
class Server:
    """A running web demo."""
    port: int
    temp_dir: Path
    process: subprocess.Popen

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    @property
    def folder(self):
        """The folder for the files of requests."""
        folder, = self.temp_dir.glob('mmhoi_web_*')
        return folder

    def ask(self, path, method='GET', body=None, headers=None):
        """Status and body of an answer; the path is sent as it is."""
        connection = http.client.HTTPConnection(
            '127.0.0.1', self.port, timeout=WAIT_TIME)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.fixture(scope='session')
def start_server(mini_checkpoint, tmp_path_factory):
    """A function that starts the demo; it ends with the tests."""
    servers = []

    def start(*args):
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        temp_dir = tmp_path_factory.mktemp('temp')
        log = open(temp_dir / 'log.txt', 'w+')
        command = [
            sys.executable, ROOT / 'demo/web_demo.py', CONFIG, mini_checkpoint,
            '--device', 'cpu', '--port', port, *args
        ]
        process = subprocess.Popen(
            list(map(str, command)),
            stdout=log,
            stderr=log,
            env={
                **os.environ, 'TMPDIR': str(temp_dir)
            })
        servers.append(process)
        end = time.time() + START_TIME
        while 'The page is at' not in (temp_dir / 'log.txt').read_text():
            assert process.poll() is None and time.time() < end, (
                temp_dir / 'log.txt').read_text()
            time.sleep(0.2)
        return Server(port, temp_dir, process)

    yield start
    for process in servers:
        process.terminate()
        process.wait(WAIT_TIME)


@pytest.fixture(scope='session')
def server(start_server):
    """A demo that accepts files of at most 1 MB."""
    return start_server('--max-mb', 1)


@pytest.fixture(scope='session')
def browser():
    """Headless Chromium, the system's if there is one."""
    from playwright.sync_api import sync_playwright
    path = shutil.which('chromium') or shutil.which('google-chrome')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            # Chromium's sandbox refuses to run as root.
            args=['--no-sandbox'] if os.geteuid() == 0 else [])
        yield browser
        browser.close()


@pytest.fixture
def page(browser, server):
    """The page in a new window; it must ask no other server."""
    context = browser.new_context(
        viewport=dict(width=1280, height=1000), accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(1000 * WAIT_TIME)
    addresses, errors = [], []
    page.on('request', lambda request: addresses.append(request.url))
    page.on('pageerror', lambda error: errors.append(str(error)))
    page.goto(server.url)
    page.wait_for_selector('#detect')
    yield page
    context.close()
    own = (server.url, f'blob:{server.url}', 'data:')
    assert [x for x in addresses if not x.startswith(own)] == []
    assert errors == []


@pytest.fixture
def picture_file(tmp_path, scene):
    """A picture to send."""
    path = tmp_path / 'motorcycle race.png'
    cv2.imwrite(str(path), scene)
    return path
