# Copyright (c) mmhoi contributors.
"""What the web demo does without Gradio; the page has tests of its own."""
import importlib.util
import sys
from pathlib import Path

import pytest
from PIL import Image

PATH = Path(__file__).resolve().parents[2] / 'demo' / 'web_demo.py'


@pytest.fixture(scope='module')
def web_demo():
    spec = importlib.util.spec_from_file_location('web_demo', PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def without_gradio(monkeypatch, tmp_path):
    """The environment of the tests, in which nothing is left behind."""
    for name in ('GRADIO_TEMP_DIR', 'GRADIO_ANALYTICS_ENABLED'):
        monkeypatch.setenv(name, '')
    monkeypatch.setitem(sys.modules, 'gradio', None)
    monkeypatch.setattr('tempfile.tempdir', str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize('host, expected', [('127.0.0.1', True),
                                            ('127.1.2.3', True), ('::1', True),
                                            ('localhost', True),
                                            ('0.0.0.0', False), ('::', False),
                                            ('192.168.1.2', False),
                                            ('example.org', False)])
def test_is_loopback(web_demo, host, expected):
    assert web_demo.is_loopback(host) == expected


def test_defaults(web_demo):
    args = web_demo.parse_args(['config.py', 'epoch_1.pth'])
    assert web_demo.is_loopback(args.host)
    assert (args.max_mb, args.max_pixels, args.keep_minutes) == (10, 25e6, 10)


@pytest.mark.parametrize('options, message', [
    ([], 'pip install -r requirements/web.txt'),
    (['--max-mb', '0'], 'max_mb=0.0 must be more than 0'),
    (['--max-pixels', '1000000000'
      ], f'max_pixels=1000000000 must be in 1..{Image.MAX_IMAGE_PIXELS}'),
])
def test_one_line_and_status(web_demo, without_gradio, capsys, options,
                             message):
    assert web_demo.main(['config.py', 'epoch_1.pth', *options]) == 1
    line, = capsys.readouterr().err.splitlines()
    assert line.startswith('error: ') and message in line


def test_usage(web_demo, capsys):
    with pytest.raises(SystemExit):
        web_demo.main(['config.py', 'epoch_1.pth', '--keep-minutes', '0'])
    assert '--keep-minutes must be more than 0' in capsys.readouterr().err
