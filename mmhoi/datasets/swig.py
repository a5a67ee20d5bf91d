# Copyright (c) mmhoi contributors.
from typing import Optional

from mmhoi.annotations.swig import swig_to_hoia
from mmhoi.label_spaces import load_label_space
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset
from .metainfo_builder import build_metainfo


@DATASETS.register_module()
class SWIGHOIDataset(HOIDataset):
    """SWIG-HOI: 1000 objects, 407 actions, 14,130 HOIs of them.

    The names are not part of mmhoi, they are read from the category file of
    the data set. A head for this data set takes that file as `label_space`.

    Besides what all data sets have, the metainfo has `hoi_frequencies`: 0 for
    HOIs that training never sees, 1 for rare and 2 for common ones (H ids).

    Args:
        ann_file (str): swig_train_1000.json, swig_dev_1000.json,
            swig_test_1000.json or swig_trainval_1000.json, relative to
            `data_root`.
        category_file (str): swig_v1_categories.py of the data set or a json,
            see :func:`mmhoi.label_spaces.swig.load_swig_label_space`.
        metainfo (dict, optional): Entries that replace those of the class.
            Defaults to None.
        **kwargs: Arguments of :class:`HOIDataset` except `zero_shot_split`:
            the files themselves leave the unseen HOIs out.

    Raises:
        FileNotFoundError: If a file or the image folder is missing.
        ValueError: If a file is malformed or an argument is wrong.
    """

    VERB_ID_OFFSET = 0
    RECORD_KEYS = ('file_name', 'img_id', 'box_annotations', 'hoi_annotations')
    HOW_TO_GET = ('SWIG-HOI has to be downloaded by hand, see '
                  'docs/en/user_guides/dataset_prepare.md')

    def __init__(self,
                 ann_file: str = '',
                 *,
                 category_file: str,
                 metainfo: Optional[dict] = None,
                 **kwargs) -> None:
        if kwargs.get('zero_shot_split') is not None:
            raise ValueError(
                f'zero_shot_split={kwargs["zero_shot_split"]!r} is a split of '
                'HICO-DET; the files of SWIG-HOI leave the unseen HOIs out '
                'themselves, set it to None')
        # In the class this is a name; here the file stands for the space.
        self.LABEL_SPACE = category_file
        space = load_label_space(category_file)
        tables = build_metainfo(
            category_file, evaluated_hois=space.is_evaluated.nonzero()[0])
        super().__init__(
            ann_file,
            metainfo=dict(
                tables,
                hoi_frequencies=space.frequencies.tolist(),
                **metainfo or {}),
            **kwargs)

    def _hoia_record(self, record: dict) -> dict:
        return swig_to_hoia(record)
