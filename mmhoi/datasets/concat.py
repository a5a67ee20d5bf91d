# Copyright (c) mmhoi contributors.
from typing import Any, List, Sequence, Union

import numpy as np
from mmengine.dataset import BaseDataset
from mmengine.dataset import ConcatDataset as _ConcatDataset

from mmhoi.registry import DATASETS
from mmhoi.utils.setup_error import SetupError
from .hoi_dataset import HOIDataset

#: Metainfo that each file of own data has for itself.
PER_FILE = ('evaluated_hois', 'rare_hois')


@DATASETS.register_module()
class ConcatDataset(_ConcatDataset):
    """Several data sets as one, which can be evaluated.

    The means run over the HOIs that any of the parts evaluates; rare are
    those that are rare in all parts that evaluate them. The classes must be
    the same. Ids that are only the places of images in their file go on from
    one part to the next; given ids must differ between the parts, or the
    metric refuses them.

    Args:
        datasets (Sequence[BaseDataset | dict]): The parts or their configs.
        lazy_init (bool): Whether to read annotations later. Defaults to
            False.
        ignore_keys (str | list[str], optional): Metainfo of which that of the
            first part is taken. Defaults to None.

    Raises:
        SetupError: If the parts have other classes.
    """

    def __init__(self,
                 datasets: Sequence[Union[BaseDataset, dict]],
                 lazy_init: bool = False,
                 ignore_keys: Union[str, List[str], None] = None) -> None:
        parts = [
            DATASETS.build(part) if isinstance(part, dict) else part
            for part in datasets
        ]
        if not parts:
            raise SetupError('ConcatDataset has no part; list data sets in '
                             '`datasets`')
        ignored = [ignore_keys] if isinstance(ignore_keys, str) else list(
            ignore_keys or ())
        _check_metainfo(parts, ignored)
        super().__init__(
            parts,
            lazy_init=True,
            ignore_keys=[*{key
                           for part in parts
                           for key in part.metainfo}])
        self.id_offsets = [0] * len(parts)
        if not lazy_init:
            self.full_init()

    def full_init(self) -> None:
        """Read the annotations of all parts."""
        if self._fully_initialized:
            return
        super().full_init()
        self._metainfo = dict(self.datasets[0].metainfo,
                              **_joined_hois(self.datasets))
        self.id_offsets = _id_offsets(self.datasets)

    def get_data_info(self, idx: int) -> dict:
        """Item of an image.

        Args:
            idx (int): Index of the image in the whole.

        Returns:
            dict: The item, with the id that the image has in the whole.
        """
        part, row = self._get_ori_dataset_idx(idx)
        info = self.datasets[part].get_data_info(row)
        if self.id_offsets[part]:
            info['img_id'] += self.id_offsets[part]
        return info

    def __getitem__(self, idx: int) -> Any:
        """Inputs of an image, with the id that it has in the whole."""
        part, row = self._get_ori_dataset_idx(idx)
        data = self.datasets[part][row]
        offset = self.id_offsets[part]
        # Transforms have seen the id of the file, by which other files may
        # call the image.
        if offset and 'data_samples' in data:
            sample = data['data_samples']
            sample.set_metainfo(dict(img_id=sample.img_id + offset))
        elif offset and 'img_id' in data:
            data['img_id'] += offset
        return data


def _check_metainfo(parts: Sequence[BaseDataset],
                    ignored: Sequence[str]) -> None:
    """Refuse parts that differ in what must be the same."""
    first = parts[0].metainfo
    for index, part in enumerate(parts[1:], 1):
        metainfo = part.metainfo
        for key in sorted(first.keys() | metainfo.keys()):
            if key in ignored or key in PER_FILE:
                continue
            if not _is_same(first.get(key), metainfo.get(key)):
                raise SetupError(
                    f'parts 0 and {index} of ConcatDataset, '
                    f'"{_file(parts[0])}" and "{_file(part)}", have other '
                    f'`{key}`: {_shown(first.get(key))} and '
                    f'{_shown(metainfo.get(key))}; give all parts the same '
                    '`label_space`')


def _joined_hois(parts: Sequence[BaseDataset]) -> dict:
    """`evaluated_hois` and `rare_hois` of the whole."""
    metainfos = [part.metainfo for part in parts]
    if not all(key in info for info in metainfos for key in PER_FILE):
        return {}
    evaluated = set().union(*(info['evaluated_hois'] for info in metainfos))
    # What a part does not evaluate, it says nothing about.
    not_rare = {
        hoi
        for info in metainfos
        for hoi in set(info['evaluated_hois']) - set(info['rare_hois'])
    }
    rare = set().union(*(info['rare_hois'] for info in metainfos)) - not_rare
    return dict(evaluated_hois=sorted(evaluated), rare_hois=sorted(rare))


def _id_offsets(parts: Sequence[BaseDataset]) -> List[int]:
    """What is added to the ids of each part, 0 for ids that are given."""
    offsets, start = [], 0
    for part in parts:
        counts = isinstance(part, HOIDataset) and part.ids_are_places
        offsets.append(start if counts else 0)
        start += part.num_listed if counts else 0
    return offsets


def _is_same(first: object, second: object) -> bool:
    if isinstance(first, np.ndarray) or isinstance(second, np.ndarray):
        return np.array_equal(first, second)
    return first == second


def _file(dataset: BaseDataset) -> str:
    return str(getattr(dataset, 'ann_file', type(dataset).__name__))


def _shown(value: object) -> str:
    """A value as text, cut off where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f'{text[:57]}...'
