# Copyright (c) mmhoi contributors.
"""Times of what a config names: model, data loader, data set.

The classes have the names and arguments of those in `mmdet.utils.benchmark`,
which need a GPU, psutil and at least `max_iter` images.
"""
import logging
import statistics
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from contextlib import nullcontext
from typing import ContextManager, Dict, Iterator, List, Optional

import numpy as np
import torch
from mmengine.config import ConfigDict
from mmengine.dataset import BaseDataset
from mmengine.device import get_device, get_max_cuda_memory
from mmengine.logging import print_log
from mmengine.runner import Runner
from torch import nn

from mmhoi.registry import DATASETS
from mmhoi.utils.process_memory import memory_of_processes_mb, peak_memory_mb


class BaseBenchmark(ABC):
    """Repeats steps, logs their speed and keeps their times.

    Args:
        max_iter (int): Most steps of a repetition. Defaults to 2000.
        log_interval (int): Steps between two lines of the log. Defaults to
            50.
        num_warmup (int): First steps, which are not counted. Defaults to 5.
        logger (logging.Logger | str, optional): As in mmengine's `print_log`.
            Defaults to None: `print`.

    Raises:
        ValueError: If a number is too small.
    """

    #: What a step handles.
    unit = 'image'

    def __init__(self,
                 max_iter: int = 2000,
                 log_interval: int = 50,
                 num_warmup: int = 5,
                 logger: Optional[logging.Logger] = None) -> None:
        for name, value, least in (('max_iter', max_iter,
                                    1), ('log_interval', log_interval, 1),
                                   ('num_warmup', num_warmup, 0)):
            if value < least:
                raise ValueError(f'{name} {value} must be at least {least}')
        self.max_iter = max_iter
        self.log_interval = log_interval
        self.num_warmup = num_warmup
        self.logger = logger

    def run(self, repeat_num: int = 1) -> Dict[str, List[float]]:
        """Measure.

        Args:
            repeat_num (int): Number of repetitions. Defaults to 1.

        Returns:
            dict[str, list[float]]: `fps` of each repetition, steps per
            second; `median_ms`, the median time of its steps.

        Raises:
            ValueError: If there are no more than `num_warmup` steps.
        """
        results: Dict[str, List[float]] = dict(fps=[], median_ms=[])
        for _ in range(repeat_num):
            times = self.run_once()
            results['fps'].append(len(times) / sum(times))
            results['median_ms'].append(1000 * statistics.median(times))
        fps, medians = (' '.join(f'{value:.1f}' for value in values)
                        for values in results.values())
        mean = statistics.mean(results['fps'])
        self.log(f'Overall fps: {fps} (mean {mean:.1f}) {self.unit}/s, median '
                 f'time per {self.unit}: {medians} ms, {self.memory()}')
        return results

    def run_once(self) -> List[float]:
        """Take every step once.

        Returns:
            list[float]: Seconds of the steps after the warm-up.
        """
        number = min(self.max_iter, len(self))
        if number <= self.num_warmup:
            raise ValueError(
                f'{number} {self.unit}(s) are no more than the '
                f'{self.num_warmup} of the warm-up, which are not counted; '
                'choose a smaller num_warmup or a larger max_iter')
        times: List[float] = []
        for i, seconds in zip(range(1, number + 1), self.steps()):
            if i > self.num_warmup:
                times.append(seconds)
                if i % self.log_interval == 0:
                    self.log(f'Done {self.unit} [{i:<3}/{number}], fps: '
                             f'{len(times) / sum(times):.1f} {self.unit}/s, '
                             f'{self.memory()}')
        return times

    @abstractmethod
    def __len__(self) -> int:
        """Number of steps that can be taken."""

    @abstractmethod
    def steps(self) -> Iterator[float]:
        """Take the steps; yields the seconds of each."""

    def memory(self) -> str:
        """Memory in use, in words."""
        return f'memory: {memory_of_processes_mb():.0f} MB'

    def log(self, message: str) -> None:
        """Write a line into the log."""
        print_log(message, self.logger)


class InferenceBenchmark(BaseBenchmark):
    """Time from a batch of one image to its predictions.

    Reading the image is not part of it.

    Args:
        model (nn.Module): The model, in eval mode.
        dataloader_cfg (dict): Config of a data loader.
        amp_dtype (torch.dtype, optional): Data type of mixed precision.
            Defaults to None: full precision.
        **kwargs: As in `BaseBenchmark`.
    """

    def __init__(self,
                 model: nn.Module,
                 dataloader_cfg: ConfigDict,
                 amp_dtype: Optional[torch.dtype] = None,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        self.model = model.to(get_device())
        self.amp_dtype = amp_dtype
        # Workers would take the cores from the model.
        self.loader = Runner.build_dataloader(
            dict(
                dataloader_cfg,
                batch_size=1,
                num_workers=0,
                persistent_workers=False))

    def __len__(self) -> int:
        """Number of images."""
        return len(self.loader)

    def steps(self) -> Iterator[float]:
        """Predict image after image; yields the seconds of each."""
        for data in self.loader:
            _synchronize()
            start = time.perf_counter()
            with torch.no_grad(), self._precision():
                self.model.test_step(data)
            _synchronize()
            yield time.perf_counter() - start

    def _precision(self) -> ContextManager:
        if self.amp_dtype is None:
            return nullcontext()
        return torch.autocast(get_device(), self.amp_dtype)

    def memory(self) -> str:
        """Peak memory, in words."""
        text = f'peak memory: {peak_memory_mb():.0f} MB'
        if torch.cuda.is_available():
            text += f', cuda memory: {get_max_cuda_memory()} MB'
        return text


def _synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


class DataLoaderBenchmark(BaseBenchmark):
    """Time for which a loop that does nothing waits for a batch.

    Args:
        dataloader_cfg (dict): Config of a data loader.
        **kwargs: As in `BaseBenchmark`.
    """

    unit = 'batch'

    def __init__(self, dataloader_cfg: ConfigDict, **kwargs) -> None:
        super().__init__(**kwargs)
        self.loader = Runner.build_dataloader(dataloader_cfg)

    def __len__(self) -> int:
        """Number of batches."""
        return len(self.loader)

    def steps(self) -> Iterator[float]:
        """Load batch after batch; yields the seconds of each."""
        start = time.perf_counter()
        for _ in self.loader:
            yield time.perf_counter() - start
            start = time.perf_counter()

    def run(self, repeat_num: int = 1) -> Dict[str, List[float]]:
        """Measure; the log also names images per second."""
        results = super().run(repeat_num)
        size = self.loader.batch_size
        self.log(f'batch size: {size}, num_workers: '
                 f'{self.loader.num_workers}, '
                 f'{size * statistics.mean(results["fps"]):.1f} image/s')
        return results


class DatasetBenchmark(BaseBenchmark):
    """Time to load an image, and of each transform of the pipeline.

    Args:
        dataset_cfg (dict): Config of a data set of mmengine's kind.
        seed (int): Seed of the order of the images. Defaults to 0.
        **kwargs: As in `BaseBenchmark`.

    Raises:
        ValueError: If the data set is of another kind.
    """

    def __init__(self,
                 dataset_cfg: ConfigDict,
                 seed: int = 0,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        dataset = DATASETS.build(dataset_cfg)
        # Of a repeated data set, the one that is repeated.
        while hasattr(dataset, 'dataset'):
            dataset = dataset.dataset
        if not isinstance(dataset, BaseDataset):
            raise ValueError(
                f'a {type(dataset).__name__} has no pipeline whose transforms '
                'can be timed; choose a data set that inherits from '
                "mmengine's BaseDataset, or the task dataloader")
        self.dataset = dataset
        self.rng = np.random.default_rng(seed)
        self.transform_times: Dict[str, List[float]] = defaultdict(list)

    def __len__(self) -> int:
        """Number of images."""
        return len(self.dataset)

    def steps(self) -> Iterator[float]:
        """Load images in random order; yields the seconds of each."""
        for index in self.rng.permutation(len(self.dataset)):
            start = last = time.perf_counter()
            data = self.dataset.get_data_info(int(index))
            parts = [('get_data_info', time.perf_counter() - start)]
            for transform in self.dataset.pipeline.transforms:
                last = time.perf_counter()
                data = transform(data)
                parts.append(
                    (type(transform).__name__, time.perf_counter() - last))
                if data is None:
                    break
            yield time.perf_counter() - start
            for name, seconds in parts:
                self.transform_times[name].append(seconds)

    def run(self, repeat_num: int = 1) -> Dict[str, List[float]]:
        """Measure; the log also has the median time of each transform."""
        results = super().run(repeat_num)
        for name, times in self.transform_times.items():
            self.log(f'{name} - {1000 * statistics.median(times):.3f} ms')
        return results
