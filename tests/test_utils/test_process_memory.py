# Copyright (c) mmhoi contributors.
import multiprocessing
import sys

import numpy as np
import pytest

from mmhoi.utils.process_memory import (memory_of_processes_mb, peak_memory_mb,
                                        reset_peak_memory)

SIZE_MB = 200


def use_memory():
    return np.ones(SIZE_MB * 2**17)


@pytest.mark.skipif(sys.platform != 'linux', reason='needs /proc')
def test_peak_since_reset():
    reset_peak_memory()
    before = peak_memory_mb()
    block = use_memory()
    del block
    assert peak_memory_mb() - before > 0.8 * SIZE_MB
    reset_peak_memory()
    assert peak_memory_mb() - before < 0.5 * SIZE_MB


def hold(pipe):
    block = use_memory()
    pipe.send(len(block))
    pipe.recv()


@pytest.mark.skipif(sys.platform != 'linux', reason='needs /proc')
def test_workers_count():
    before = memory_of_processes_mb()
    pipe, end = multiprocessing.Pipe()
    worker = multiprocessing.get_context('fork').Process(
        target=hold, args=(end, ))
    worker.start()
    try:
        pipe.recv()
        # What the worker shares with this process is not counted twice.
        assert 0.8 < (memory_of_processes_mb() - before) / SIZE_MB < 1.5
    finally:
        pipe.send(None)
        worker.join()
    assert memory_of_processes_mb() - before < 0.5 * SIZE_MB
