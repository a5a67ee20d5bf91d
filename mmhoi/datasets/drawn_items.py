# Copyright (c) mmhoi contributors.
from itertools import count, islice
from typing import Any, Iterator, List, Sequence, Tuple, Union

from torch.utils.data import DataLoader, Dataset

from mmhoi.utils.random_state import drawn_by

#: What an item is drawn from: seed, epoch (or iteration) and its index.
Draw = Tuple[int, int, int]


class DrawnItems(Dataset):
    """Items of a data set whose augmentation is drawn from their index.

    So it does not matter which process loads an item, or what was loaded
    before it. All else is as in the data set.

    Args:
        dataset (Dataset): The data set; its items may be drawn with the
            generators of Python, NumPy and PyTorch.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.__dict__['dataset'] = dataset

    def __getitem__(self, draw: Union[int, Draw]) -> Any:
        """The item as it is drawn.

        Args:
            draw (int | tuple[int, int, int]): Seed, epoch and index; the
                index alone draws with the generators as they are.

        Returns:
            Any: The data set's item.
        """
        if isinstance(draw, int):
            return self.dataset[draw]
        with drawn_by(*draw):
            return self.dataset[draw[-1]]

    def __len__(self) -> int:
        return len(self.dataset)

    def __getattr__(self, name: str) -> Any:
        # Not what protocols look for, such as `__getitems__`.
        if name.startswith('__'):
            raise AttributeError(name)
        return getattr(self.__dict__['dataset'], name)

    def __setattr__(self, name: str, value: Any) -> None:
        # Hooks change pipelines in the middle of training.
        setattr(self.dataset, name, value)


class DrawnBatches:
    """Batches of indices, with what their items are drawn from.

    Attributes:
        seed (int): Seed of the run.
        epoch (int | None): Number of the epoch. None where there are no
            epochs: the number of the batch takes its place.
        start (int): Number of batches that the next iteration leaves out.

    Args:
        batches (Sequence[list[int]]): The batch sampler.
    """

    def __init__(self, batches: Sequence[List[int]]) -> None:
        self.batches = batches
        self.seed = 0
        self.epoch = None
        self.start = 0

    def __iter__(self) -> Iterator[List[Draw]]:
        start, epoch = self.start, self.epoch
        for number, batch in zip(
                count(start), islice(self.batches, start, None)):
            step = number if epoch is None else epoch
            yield [(self.seed, step, index) for index in batch]

    def __len__(self) -> int:
        return len(self.batches)

    def __getattr__(self, name: str) -> Any:
        if name.startswith('__'):
            raise AttributeError(name)
        # mmengine asks for the sampler and the size of a batch.
        return getattr(self.__dict__['batches'], name)


def draw_items(loader: DataLoader) -> DrawnBatches:
    """Let a loader draw its items from seed, epoch and index.

    Args:
        loader (DataLoader): A loader of batches that was not iterated yet; it
            is changed.

    Returns:
        DrawnBatches: Its batch sampler, whose attributes are to be set.
    """
    batches = DrawnBatches(loader.batch_sampler)
    # By assignment PyTorch refuses it, as a sampler could be of another data
    # set; this one has the same items.
    vars(loader).update(
        dataset=DrawnItems(loader.dataset), batch_sampler=batches)
    return batches
