# Copyright (c) mmhoi contributors.
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from mmhoi.apis import HOIInferencer, pair_attention
from .conftest import CONFIG

TEXTS = 'a person riding a horse; a person feeding a cow'


@pytest.fixture
def scenes(scene):
    return [np.ascontiguousarray(np.roll(scene, 16 * i, 1)) for i in range(4)]


def test_threads_get_their_own_pictures(inferencer, scenes):

    def run(image):
        return inferencer(image, return_vis=True, pred_score_thr=0)

    alone = [run(image) for image in scenes]
    with ThreadPoolExecutor(len(scenes)) as pool:
        for expected, found in zip(alone * 2, pool.map(run, scenes * 2)):
            assert found['predictions'] == expected['predictions']
            np.testing.assert_array_equal(found['visualization'],
                                          expected['visualization'])


def test_a_vocabulary_is_of_its_thread(inferencer, scene):
    """Whoever predicts meanwhile waits; attention does, too."""
    expected = inferencer(scene)
    inside, results = threading.Event(), []

    def work():
        inside.wait()
        results.append(inferencer(scene))
        results.append(pair_attention(inferencer, scene).text)

    thread = threading.Thread(target=work)
    thread.start()
    with inferencer.vocabulary(TEXTS):
        inside.set()
        own, = inferencer(scene)['predictions']
        with inferencer.vocabulary('a person washing a dog'):
            assert len(inferencer.dataset_meta['hoi_texts']) == 1
        assert len(inferencer.dataset_meta['hoi_texts']) == 2
    thread.join()
    assert {hoi['text'] for hoi in own['hois']} <= set(TEXTS.split('; '))
    assert results[0] == expected
    assert results[1].startswith(expected['predictions'][0]['hois'][0]['text'])


def test_a_vocabulary_that_fails_changes_nothing(inferencer, scene):
    expected = inferencer(scene)
    with pytest.raises(ValueError), inferencer.vocabulary('absent'):
        pass
    assert inferencer(scene) == expected


def predict_in_child(inferencer, image, answers):
    answers.put(len(inferencer(image)['predictions'][0]['hois']))


@pytest.mark.skipif(
    'fork' not in multiprocessing.get_all_start_methods(),
    reason='the system has no fork')
def test_forked_process(inferencer, scene):
    """After threads of the parent's have predicted."""
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        expected = len(inferencer(scene)['predictions'][0]['hois'])
        context = multiprocessing.get_context('fork')
        answers = context.SimpleQueue()
        process = context.Process(
            target=predict_in_child, args=(inferencer, scene, answers))
        process.start()
        process.join(120)
        assert not process.is_alive(), process.kill()
        assert answers.get() == expected
    finally:
        torch.set_num_threads(threads)


def test_what_may_be_forked(inferencer, mini_checkpoint):
    assert inferencer.turn.survives_fork
    compiled = HOIInferencer(str(CONFIG), mini_checkpoint, 'cpu', compile=True)
    assert not compiled.turn.survives_fork
