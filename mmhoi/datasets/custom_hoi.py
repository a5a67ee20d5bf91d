# Copyright (c) mmhoi contributors.
import logging
from collections import Counter
from typing import List, Optional

from mmengine.logging import print_log

from mmhoi.annotations.named_labels import VERB_ID_OFFSET, NamedLabels
from mmhoi.label_spaces.class_file import load_class_file
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset
from .metainfo_builder import build_metainfo

#: HOIs with fewer training interactions are rare, as in HICO-DET.
NUM_RARE = 10


@DATASETS.register_module()
class CustomHOIDataset(HOIDataset):
    """Own data: classes from a class file, annotations with their names.

    Like the files of :class:`HOIDataset`, but a box has a `category` and an
    interaction a `verb`, both by the names of the class file. Where that file
    has verbs without object, an `object_id` of -1 marks them. `img_id` may be
    left out: it is then the index of the entry. A head for this data takes
    the class file as `label_space`.

    In testing the means of a metric run over the HOIs that the file has;
    which of them are rare is only known with `train_ann_file`.

    Args:
        ann_file (str): Annotation file, relative to `data_root`.
        classes_file (str): The class file, relative to the working directory;
            see :func:`mmhoi.label_spaces.class_file.parse_classes`.
        train_ann_file (str, optional): Annotation file of the training
            images, relative to `data_root`. In testing its counts tell which
            HOIs are rare: those with fewer than 10 interactions. Defaults to
            None: none is.
        metainfo (dict, optional): Entries that replace those of the class
            file. Defaults to None.
        **kwargs: Arguments of :class:`HOIDataset` except `zero_shot_split`.

    Raises:
        FileNotFoundError: If a file or the image folder is missing.
        ValueError: If a file is malformed or an argument is wrong.
    """

    VERB_ID_OFFSET = VERB_ID_OFFSET
    ENTRY_KEYS = ('annotations need bbox and category, interactions need '
                  'subject_id, object_id and verb')
    HOW_TO_GET = 'see docs/en/user_guides/custom_dataset.md'

    def __init__(self,
                 ann_file: str = '',
                 *,
                 classes_file: str,
                 train_ann_file: Optional[str] = None,
                 metainfo: Optional[dict] = None,
                 **kwargs) -> None:
        if kwargs.get('zero_shot_split') is not None:
            raise ValueError(
                f'zero_shot_split={kwargs["zero_shot_split"]!r} is a split of '
                'HICO-DET; for own unseen HOIs leave them out of the training '
                'file and set it to None')
        space = load_class_file(classes_file)
        # In the class these are constants; here the file decides.
        self.LABEL_SPACE = classes_file
        self.ALLOW_NO_OBJECT = space.has_no_object
        self.train_ann_file = train_ann_file
        self.labels = NamedLabels(space)
        super().__init__(
            ann_file,
            metainfo=dict(build_metainfo(classes_file), **metainfo or {}),
            **kwargs)

    def load_data_list(self) -> List[dict]:
        """Read the annotation file.

        Returns:
            list[dict]: One item per image, see :class:`HOIDataset`.
        """
        data_list = super().load_data_list()
        if self.test_mode:
            self._set_evaluated_hois(data_list)
        return data_list

    def _load_records(self) -> List[dict]:
        return [
            dict(dict(img_id=index), **record)
            for index, record in enumerate(super()._load_records())
        ]

    def _hoia_record(self, record: dict) -> dict:
        return self.labels.to_hoia(record)

    def _set_evaluated_hois(self, data_list: List[dict]) -> None:
        """Note in the metainfo which HOIs count, and which are rare."""
        names = self.metainfo['hoi_classes']
        counts = _count_hois(data_list)
        absent = [name for i, name in enumerate(names) if not counts[i]]
        if absent:
            print_log(
                f'"{self.ann_file}" has no interaction of {len(absent)} HOIs, '
                f'which are left out of the means: {", ".join(absent[:10])}'
                f'{", ..." if len(absent) > 10 else ""}',
                logger='current',
                level=logging.WARNING)
        self._metainfo['evaluated_hois'] = sorted(counts)
        if self.train_ann_file is not None:
            train_counts = self._train_counts()
            self._metainfo['rare_hois'] = [
                i for i in range(len(names)) if train_counts[i] < NUM_RARE
            ]

    def _train_counts(self) -> Counter:
        dataset = CustomHOIDataset(
            self.train_ann_file,
            classes_file=self.LABEL_SPACE,
            data_root=self.data_root,
            backend_args=self.backend_args,
            lazy_init=True)
        return _count_hois(dataset.load_data_list())


def _count_hois(data_list: List[dict]) -> Counter:
    """Number of pairs with each HOI."""
    return Counter(hoi for item in data_list for pair in item['pairs']
                   for hoi in pair['hois'])
