# Copyright (c) mmhoi contributors.
import line_run
import torch
from mmengine.dataset import DefaultSampler
from torch.utils.data import DataLoader

from mmhoi.datasets.drawn_items import draw_items


def loader(workers=0):
    dataset = line_run.LineDataset(noise=1.)
    loader = DataLoader(
        dataset,
        batch_size=2,
        sampler=DefaultSampler(dataset, seed=0),
        num_workers=workers,
        persistent_workers=workers > 0)
    return loader, draw_items(loader)


def epochs(loader, batches, numbers, start=0):
    found = []
    for epoch in numbers:
        batches.seed, batches.epoch, batches.start = 4, epoch, start
        loader.sampler.set_epoch(epoch)
        found.append(torch.cat([batch['inputs'] for batch in loader]))
    return found


def test_workers_and_order_make_no_difference():
    first, second = epochs(*loader(), [0, 1])
    torch.rand(3)
    other_second, other_first = epochs(*loader(workers=2), [1, 0])
    assert torch.equal(first, other_first)
    assert torch.equal(second, other_second)
    assert not torch.equal(first.sort(0)[0], second.sort(0)[0])


def test_goes_on_in_the_middle():
    whole, = epochs(*loader(), [3])
    rest, = epochs(*loader(), [3], start=2)
    assert torch.equal(rest, whole[4:])


def test_loading_leaves_the_generators_alone():
    some, batches = loader()
    torch.manual_seed(0)
    expected = torch.rand(1)
    # An iterator of PyTorch draws a number of its own.
    dataset = some.dataset
    torch.manual_seed(0)
    dataset[0, 0, 1]
    assert torch.equal(torch.rand(1), expected)


def test_all_else_is_the_data_sets():
    some, batches = loader()
    assert some.dataset.metainfo['hoi_classes'] == ('a', 'b', 'c')
    some.dataset.noise = 0.
    assert some.dataset.dataset.noise == 0.
    assert len(some) == len(batches) == 4 and batches.batch_size == 2
