# Copyright (c) mmhoi contributors.
import copy
import multiprocessing
import pickle
import threading

import pytest

from mmhoi.utils.one_at_a_time import OneAtATime
from mmhoi.utils.setup_error import SetupError

fork = pytest.mark.skipif(
    'fork' not in multiprocessing.get_all_start_methods(),
    reason='the system has no fork')


def in_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    return thread


def test_one_thread_at_a_time():
    turn, found = OneAtATime(), []

    def work():
        with turn:
            found.append('other')

    with turn:
        thread = in_thread(work)
        with turn:
            found.append('first')
    thread.join()
    assert found == ['first', 'other']


@pytest.mark.parametrize(
    'make', [copy.deepcopy, lambda turn: pickle.loads(pickle.dumps(turn))])
def test_a_copy_is_free(make):
    turn = OneAtATime(survives_fork=False)
    with turn:
        other = make(turn)

        def work():
            with other:
                pass

        in_thread(work).join()
    assert not other.survives_fork


def enter_in_child(turn, answers):
    import cv2
    import torch
    try:
        with turn:
            answers.put((torch.get_num_threads(), cv2.getNumThreads()))
    except SetupError as error:
        answers.put(str(error))


def answer_of_child(turn):
    context = multiprocessing.get_context('fork')
    answers = context.SimpleQueue()
    process = context.Process(target=enter_in_child, args=(turn, answers))
    process.start()
    answer = answers.get()
    process.join()
    return answer


@fork
def test_a_forked_process_has_one_thread():
    turn = OneAtATime()
    assert answer_of_child(turn) == (1, 1)
    # The process itself goes on as before.
    with turn:
        pass


@fork
def test_refused_in_a_forked_process():
    assert 'get_context("spawn")' in answer_of_child(OneAtATime(False))


@fork
def test_a_fork_while_another_thread_works():
    turn, begun, over = OneAtATime(), threading.Event(), threading.Event()

    def work():
        with turn:
            begun.set()
            over.wait()

    thread = in_thread(work)
    begun.wait()
    assert 'get_context("spawn")' in answer_of_child(turn)
    over.set()
    thread.join()
