# Copyright (c) mmhoi contributors.
from typing import Iterator, Optional

import torch
from mmengine.dataset.sampler import DefaultSampler

from mmhoi.registry import DATA_SAMPLERS
from mmhoi.utils.setup_error import SetupError
from .concat import ConcatDataset


@DATA_SAMPLERS.register_module()
class ObjectImageSampler(DefaultSampler):
    """Each image with interactions is followed by some images of objects.

    The batches of ATL: an epoch sees every image of the first part of a
    `ConcatDataset` once; images of the second part are drawn anew when all
    were used. A batch size that is a multiple of `1 + num_object_images` has
    whole groups.

    Args:
        dataset (ConcatDataset): Two parts: images with interactions, and
            :class:`ObjectImages`.
        num_object_images (int): How many follow each image. Defaults to 2.
        shuffle (bool): Whether the order is drawn. Defaults to True.
        seed (int, optional): Of the order, the same in all processes. Defaults
            to None: one is drawn.

    Raises:
        SetupError: If the data set has not two parts, or the number is less
            than 1.
    """

    def __init__(self,
                 dataset: ConcatDataset,
                 num_object_images: int = 2,
                 shuffle: bool = True,
                 seed: Optional[int] = None) -> None:
        if num_object_images < 1 or len(getattr(dataset, 'datasets', ())) != 2:
            raise SetupError(
                'ObjectImageSampler needs a ConcatDataset of two parts, '
                'images with interactions and ObjectImages, and '
                'num_object_images of at least 1; got '
                f'{type(dataset).__name__} and {num_object_images}')
        self.num_pairs, self.num_objects = map(len, dataset.datasets)
        self.group = 1 + num_object_images
        super().__init__(range(self.num_pairs), shuffle, seed)

    def __iter__(self) -> Iterator[int]:
        """Indices of groups of images."""
        generator = torch.Generator()
        generator.manual_seed(self.seed + self.epoch)
        firsts = list(super().__iter__())
        # All processes draw the same, and each takes its part.
        wanted = self.total_size * (self.group - 1)
        rounds = [
            torch.randperm(self.num_objects, generator=generator)
            if self.shuffle else torch.arange(self.num_objects)
            for _ in range(-(-wanted // self.num_objects))
        ]
        others = torch.cat(rounds)[:wanted].view(-1, self.group - 1)
        others = others[self.rank::self.world_size] + self.num_pairs
        for first, group in zip(firsts, others.tolist()):
            yield first
            yield from group

    def __len__(self) -> int:
        """Number of indices of this process."""
        return self.num_samples * self.group
