# Copyright (c) mmhoi contributors.
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = '''
from mmhoi.utils.utf8 import use_utf8
use_utf8()
import logging, sys
name = sys.argv[1]
open(name, 'rb').close()
with open('library.log', 'w') as file:
    file.write('人')
print('人', ascii(name), '\\udcff')
print('人', file=sys.stderr)
'''


@pytest.mark.parametrize('name', ['人.jpg', 'caf\udce9.jpg'])
@pytest.mark.parametrize('system, shown', [
    (dict(LC_ALL='C', PYTHONUTF8='0', PYTHONCOERCECLOCALE='0'), '人'),
    (dict(LC_ALL='C'), '人'),
    (dict(LC_ALL='C.UTF-8'), '人'),
    (dict(LC_ALL='C.UTF-8', PYTHONIOENCODING='ascii'), '\\u4eba'),
    (dict(LC_ALL='C', PYTHONUTF8='0', PYTHONIOENCODING='latin-1'), '\\u4eba'),
])
def test_any_name_in_any_language(tmp_path, name, system, shown):
    script = tmp_path / 'program.py'
    script.write_text(PROGRAM, encoding='utf-8')
    (tmp_path / name).touch()
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(('LC_', 'LANG', 'PYTHONIO', 'PYTHONUTF8'))
    }
    done = subprocess.run([sys.executable, 'program.py', name],
                          cwd=tmp_path,
                          env=dict(
                              environment, PYTHONPATH=str(ROOT), **system),
                          capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode('utf-8') == (f'{shown} {ascii(name)} \\udcff\n')
    assert done.stderr.decode('utf-8') == f'{shown}\n'
    log = (tmp_path / 'library.log').read_bytes()
    assert log.decode('utf-8') == '人'
