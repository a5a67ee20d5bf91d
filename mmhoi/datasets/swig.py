# Copyright (c) mmhoi contributors.
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset


@DATASETS.register_module()
class SWIGHOIDataset(HOIDataset):
    """SWIG-HOI: 1000 objects, 407 actions, 14,130 HOIs of them.

    The names are not part of mmhoi: `label_space`, of the data set as of the
    head, is the category file of SWIG-HOI, swig_v1_categories.py or a json
    (see :func:`mmhoi.label_spaces.swig.load_swig_label_space`). `ann_file` is
    swig_train_1000.json, swig_dev_1000.json, swig_test_1000.json or
    swig_trainval_1000.json; these leave the unseen HOIs out themselves, so
    that there is no `zero_shot_split`.

    Besides what all data sets have, the metainfo has `hoi_frequencies`: 0 for
    HOIs that training never sees, 1 for rare and 2 for common ones (H ids).
    """
