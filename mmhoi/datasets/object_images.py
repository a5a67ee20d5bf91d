# Copyright (c) mmhoi contributors.
from typing import List, Optional

import numpy as np
from mmengine.dataset import BaseDataset
from mmengine.logging import print_log

from mmhoi.label_spaces import LabelSpaceSource, load_label_space
from mmhoi.registry import DATASETS
from mmhoi.utils.setup_error import SetupError


@DATASETS.register_module()
class ObjectImages(BaseDataset):
    """Images of objects, in which nobody has looked for interactions.

    What ATL (https://arxiv.org/abs/2104.02867) takes object features from: any
    data set of boxes with the same object classes, such as COCO's or that of
    HOIs, whose interactions are not used. Boxes of people are left out, and so
    are images without another box.

    An item is that of the data set with its other boxes, without pairs, and
    with `objects_only`.

    Args:
        dataset (dict): Config of the data set; its pipeline is not used.
        label_space (str | dict): See `load_label_space`.
        zero_shot_split (str, optional): Leave out boxes of objects that have
            no seen HOI, too. Defaults to None: unseen objects may be known
            from such images.
        **kwargs: pipeline, lazy_init, indices, ..., of mmengine's
            `BaseDataset`.

    Raises:
        SetupError: If the object classes are others, or no image is left.
    """

    def __init__(self,
                 dataset: dict,
                 label_space: LabelSpaceSource,
                 zero_shot_split: Optional[str] = None,
                 **kwargs) -> None:
        self.label_space = load_label_space(label_space)
        self.dataset = dataset
        self.zero_shot_split = zero_shot_split
        super().__init__(**kwargs)

    @property
    def metainfo(self) -> dict:
        """What the label space says of the classes, see `LabelSpace`."""
        return dict(self.label_space.metainfo(), **super().metainfo)

    def load_data_list(self) -> List[dict]:
        """Read the data set and keep its objects.

        Returns:
            list[dict]: One item per image, see the class.
        """
        source = DATASETS.build(self.dataset)
        self._check_classes(source)
        used = np.ones(len(self.label_space.objects), bool)
        if 'person' in self.label_space.objects:
            used[self.label_space.objects.index('person')] = False
        if self.zero_shot_split is not None:
            seen = self.label_space.seen_hois(self.zero_shot_split)
            used &= np.isin(
                np.arange(len(used)), self.label_space.hoi_objects[seen])
        items, num_left_out = [], 0
        for index in range(len(source)):
            item = source.get_data_info(index)
            objects = [
                box for box in item['instances']
                if not box['ignore_flag'] and used[box['bbox_label']]
            ]
            num_left_out += len(item['instances']) - len(objects)
            if objects:
                items.append(dict(item, instances=objects, pairs=[]))
        if not items:
            raise SetupError(
                f'ObjectImages: no image of "{_file(source)}" shows an object '
                f'that is used (zero_shot_split={self.zero_shot_split!r}; '
                'people are not)')
        print_log(
            f'ObjectImages: {len(items)} of {len(source)} images of '
            f'"{_file(source)}"; {num_left_out} boxes of people, of crowds or '
            'of withheld objects are left out',
            logger='current')
        return items

    def get_data_info(self, idx: int) -> dict:
        """Item of an image, with what the transforms must know.

        Args:
            idx (int): Index of the image.

        Returns:
            dict: The item, with `objects_only`, `test_mode` and
            `label_space`.
        """
        return dict(
            super().get_data_info(idx),
            objects_only=True,
            test_mode=self.test_mode,
            label_space=self.label_space)

    def _check_classes(self, source: BaseDataset) -> None:
        """Refuse a data set of other objects, or another order of them."""
        theirs = [_plain(name) for name in source.metainfo.get('classes', ())]
        ours = [_plain(name) for name in self.label_space.objects]
        if theirs != ours:
            differing = [
                pair for pair in zip(theirs, ours) if pair[0] != pair[1]
            ]
            raise SetupError(
                f'ObjectImages: "{_file(source)}" has {len(theirs)} object '
                f'classes, {self.label_space.name} has {len(ours)}' +
                (f'; the first that differ: {differing[0]}' if differing else
                 '') + '; they must be the same, in the same order')


def _plain(name: str) -> str:
    """A class name without the differences of spelling between data sets."""
    return name.replace('_', ' ').lower()


def _file(dataset: BaseDataset) -> str:
    return str(getattr(dataset, 'ann_file', type(dataset).__name__))
