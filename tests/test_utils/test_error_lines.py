# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.utils.error_lines import error_line, starting
from mmhoi.utils.setup_error import SetupError

WORKER = ('Caught OSError in DataLoader worker process 0.\nOriginal Traceback '
          '(most recent call last):\n  File "x", line 1\n'
          'OSError: image "a.jpg" cannot be read\n')


@pytest.mark.parametrize('error, part', [
    (KeyError('RANK'), 'tools/dist_*.sh'),
    (OSError(WORKER), 'OSError: image "a.jpg" cannot be read'),
    (RuntimeError('DataLoader worker (pid 7) is killed by signal: Bus error. '
                  'It is possible that workers are out of shared memory'),
     'num_workers=0'),
    (RuntimeError('DataLoader worker (pid 7) exited unexpectedly'),
     'num_workers or batch_size'),
    (RuntimeError('CUDA out of memory. Tried to allocate 2 GiB\n...'),
     'batch_size'),
    (RuntimeError('The server socket has failed to listen, EADDRINUSE'),
     'PORT='),
    (RuntimeError('CUDA error: invalid device ordinal\nCUDA kernel errors'),
     'CUDA_VISIBLE_DEVICES'),
    (ModuleNotFoundError("No module named 'wandb'"), 'optional.txt'),
    (IsADirectoryError(21, 'Is a directory', 'a.py'), "'a.py'"),
])
def test_one_line_with_a_remedy(error, part):
    line = error_line(error)
    assert part in line and '\n' not in line


def test_start(tmp_path):
    report = tmp_path / 'error.txt'
    with pytest.raises(
            SetupError,
            match='KeyError.*error.txt'), starting(report, lambda: False):
        raise KeyError('img')
    assert "KeyError: 'img'" in report.read_text()
    with pytest.raises(KeyError), starting(report, lambda: True):
        raise KeyError('img')
