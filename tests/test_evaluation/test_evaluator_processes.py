# Copyright (c) mmhoi contributors.
"""The evaluator in two processes that have unequal numbers of images."""
import pickle
from datetime import timedelta
from pathlib import Path

import pytest
import torch.distributed as dist
import torch.multiprocessing as mp
from mmengine.evaluator import BaseMetric, DumpResults

from mmhoi.evaluation.evaluator import HOIEvaluator

SIZE = 7


class Count(BaseMetric):
    """Number of images; fails where it is told to."""

    def __init__(self, prefix, fails_on=None, at_end=False):
        super().__init__(prefix=prefix)
        self.fails_on, self.at_end = fails_on, at_end

    def process(self, data_batch, data_samples):
        if self.fails_on == dist.get_rank() and not self.at_end:
            raise ValueError('no such image')
        self.results += [sample['img_id'] for sample in data_samples]

    def compute_metrics(self, results):
        if self.at_end:
            raise ValueError('no such image')
        assert sorted(results) == list(range(SIZE))
        return dict(images=len(results))


def evaluate(rank, folder, fails_on, at_end):
    """What each process does; files say how it ended."""
    dist.init_process_group(
        'gloo',
        init_method=f'file://{folder}/meeting',
        rank=rank,
        world_size=2,
        timeout=timedelta(seconds=60))
    evaluator = HOIEvaluator([
        Count('bad', fails_on, at_end),
        Count('good'),
        DumpResults(f'{folder}/dump.pkl')
    ])
    # As mmengine's sampler: the last process begins again.
    for index in list(range(rank, SIZE, 2)) + [0] * rank:
        evaluator.process([dict(img_id=index)])
    measures = evaluator.evaluate(SIZE)
    try:
        evaluator.raise_failure()
        end = 'nothing'
    except Exception as error:
        end = f'{type(error).__name__}: {error}'
    Path(folder, str(rank)).write_text(f'{measures}\n{end}')
    dist.destroy_process_group()


@pytest.mark.parametrize('fails_on, at_end', [(0, False), (1, False),
                                              (0, True)])
def test_one_metric_fails(tmp_path, fails_on, at_end):
    mp.spawn(evaluate, (str(tmp_path), fails_on, at_end), nprocs=2)
    ends = []
    for rank in range(2):
        measures, end = (tmp_path / str(rank)).read_text().splitlines()
        assert measures == str({'good/images': SIZE})
        ends.append(end)
    assert ends[fails_on] == 'ValueError: no such image'
    assert ends[1 - fails_on] == ('RuntimeError: a metric failed in another '
                                  'process: no such image')
    assert [
        x['img_id'] for x in pickle.loads((tmp_path / 'dump.pkl').read_bytes())
    ] == list(range(SIZE))
