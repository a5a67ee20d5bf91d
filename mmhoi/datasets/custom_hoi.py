# Copyright (c) mmhoi contributors.
import logging
from dataclasses import replace
from typing import List, Optional

import numpy as np
from mmengine.logging import print_log

from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset


@DATASETS.register_module()
class CustomHOIDataset(HOIDataset):
    """Own data: classes from a class file, annotations with their names.

    `label_space`, of the data set as of the head, is the class file, relative
    to the working directory; see
    :func:`mmhoi.label_spaces.class_file.parse_classes`.

    Annotations are as those of :class:`HOIDataset`, but a box has a
    `category` and an interaction a `verb`, both by the names of the class
    file. Where that file has verbs without object, an `object_id` of -1 marks
    them. `img_id` may be left out: it is then the index of the image.

    In testing the means of a metric run over the HOIs that the file has;
    which of them are rare is only known with `train_ann_file`.

    Args:
        ann_file (str): Annotation file, relative to `data_root`.
        train_ann_file (str, optional): Annotation file of the training
            images, relative to `data_root`. In testing its counts tell which
            HOIs are rare: those with fewer than 10 interactions. Defaults to
            None: none is.
        **kwargs: Arguments of :class:`HOIDataset`. There is no
            `zero_shot_split`: leave unseen HOIs out of the training file.

    Raises:
        FileNotFoundError: If a file or the image folder is missing.
        ValueError: If a file is malformed or an argument is wrong.
    """

    def __init__(self,
                 ann_file: str = '',
                 *,
                 train_ann_file: Optional[str] = None,
                 **kwargs) -> None:
        self.train_ann_file = train_ann_file
        super().__init__(ann_file, **kwargs)

    def load_data_list(self) -> List[dict]:
        """Read the annotation file.

        Returns:
            list[dict]: One item per image, see :class:`HOIDataset`.
        """
        data_list = super().load_data_list()
        if self.test_mode:
            self._set_evaluated_hois(data_list)
        return data_list

    def _set_evaluated_hois(self, data_list: List[dict]) -> None:
        """Note in the label space which HOIs count, and which are rare."""
        space = self.label_space
        counts = self._count_hois(data_list)
        absent = [space.hois[i] for i in np.flatnonzero(counts == 0)]
        if absent:
            print_log(
                f'"{self.ann_file}" has no interaction of {len(absent)} HOIs, '
                f'which are left out of the means: {", ".join(absent[:10])}'
                f'{", ..." if len(absent) > 10 else ""}',
                logger='current',
                level=logging.WARNING)
        if self.train_ann_file is not None:
            space = space.with_counts(self._count_hois(self._train_items()))
        self.label_space = replace(
            space, evaluated_hois=np.flatnonzero(counts))

    def _train_items(self) -> List[dict]:
        dataset = CustomHOIDataset(
            self.train_ann_file,
            label_space=self.label_space.definition,
            data_root=self.data_root,
            backend_args=self.backend_args,
            lazy_init=True)
        return dataset.load_data_list()

    def _count_hois(self, data_list: List[dict]) -> np.ndarray:
        """Number of pairs with each HOI, shape (H, )."""
        hois = [
            hoi for item in data_list for pair in item['pairs']
            for hoi in pair['hois']
        ]
        return np.bincount(
            np.array(hois, int), minlength=len(self.label_space.hoi_verbs))
