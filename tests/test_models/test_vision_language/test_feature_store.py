# Copyright (c) mmhoi contributors.
import threading

import pytest
import torch

from mmhoi.models.vision_language.feature_store import FeatureStore

TENSORS = dict(tokens=torch.arange(6.).view(2, 3), feature=torch.ones(4))


@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
def test_what_is_read_is_what_was_written(tmp_path, dtype):
    tensors = {name: value.to(dtype) for name, value in TENSORS.items()}
    FeatureStore(tmp_path, 10**6).write('abc', tensors)
    other = FeatureStore(tmp_path, 10**6)
    entry = other.read('abc')
    assert entry.keys() == tensors.keys()
    for name, value in tensors.items():
        assert entry[name].dtype == dtype
        assert torch.equal(entry[name], value)
    assert other.read('abd') is None


@pytest.mark.parametrize('keep', [0, 5, -1])
def test_a_damaged_file_is_replaced(tmp_path, keep):
    store = FeatureStore(tmp_path, 10**6)
    store.write('abc', TENSORS)
    path, = tmp_path.glob('*/*')
    path.write_bytes(path.read_bytes()[:keep])
    assert store.read('abc') is None
    store.write('abc', TENSORS)
    assert torch.equal(store.read('abc')['tokens'], TENSORS['tokens'])


@pytest.mark.parametrize('value', [float('nan'), float('inf')])
def test_what_is_no_number_is_left(tmp_path, value):
    store = FeatureStore(tmp_path, 10**6)
    store.write('abc', dict(TENSORS, feature=torch.tensor([value])))
    assert store.read('abc') is None


def test_a_full_folder_gets_no_more_and_is_still_read(tmp_path):
    probe = FeatureStore(tmp_path / 'probe', 10**6)
    probe.write('000', TENSORS)
    size = next((tmp_path / 'probe').glob('*/*')).stat().st_size
    folder = tmp_path / 'full'
    for _ in range(2):  # the second one finds the files of the first
        store = FeatureStore(folder, 3 * size)
        for i in range(6):
            store.write(f'{i:03x}', TENSORS)
        assert sum(1 for _ in folder.glob('*/*')) == 3
        assert [store.read(f'{i:03x}') is not None
                for i in range(6)] == [True] * 3 + [False] * 3


def test_the_limit_counts_what_others_wrote(tmp_path):
    probe = FeatureStore(tmp_path / 'probe', 10**6)
    probe.write('000', TENSORS)
    size = next((tmp_path / 'probe').glob('*/*')).stat().st_size
    stores = [FeatureStore(tmp_path / 'shared', 10 * size) for _ in range(2)]
    for i in range(20):
        stores[i % 2].write(f'{i:03x}', TENSORS)
    assert sum(1 for _ in (tmp_path / 'shared').glob('*/*')) == 10


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / 'file').write_text('in the way')
    store = FeatureStore(tmp_path / 'file', 10**6)
    store.write('abc', TENSORS)
    assert (tmp_path / 'file').read_text() == 'in the way'


def test_writers_at_once_leave_whole_files(tmp_path):

    def work():
        store = FeatureStore(tmp_path, 10**9)
        for i in range(30):
            store.write(f'{i:03x}', TENSORS)
            assert torch.equal(
                store.read(f'{i:03x}')['feature'], TENSORS['feature'])
            done.append(i)

    done = []
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4 * 30
    files = [path for path in tmp_path.glob('*/*') if path.is_file()]
    assert len(files) == 30
