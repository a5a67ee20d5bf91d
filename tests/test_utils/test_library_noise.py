# Copyright (c) mmhoi contributors.
import subprocess
import sys

import pytest

from mmhoi.utils.library_noise import without_import_noise


def test_what_is_no_noise_is_printed(capsys):
    with pytest.raises(KeyError), without_import_noise():
        print('Could not import OneDL. Skipping OneDL datasets.')
        print('a line')
        raise KeyError
    assert capsys.readouterr().out == 'a line\n'


def test_setting_up_says_nothing():
    code = ('from mmhoi.setup_env import register_all_modules\n'
            'register_all_modules()\n'
            'from mmengine.fileio import FileClient\n'
            'FileClient.infer_client(uri="a")')
    done = subprocess.run([sys.executable, '-c', code],
                          capture_output=True,
                          text=True,
                          check=True)
    assert done.stdout + done.stderr == ''
