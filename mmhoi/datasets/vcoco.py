# Copyright (c) mmhoi contributors.
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset
from .metainfo_builder import build_metainfo


@DATASETS.register_module()
class VCOCODataset(HOIDataset):
    """V-COCO in HOIA format: 29 verb-role classes, 263 combinations.

    Verb ids of the file are 0-based, and object_id -1 marks an action
    without (annotated) object.
    """

    METAINFO = build_metainfo('vcoco')
    LABEL_SPACE = 'vcoco'
    VERB_ID_OFFSET = 0
    ALLOW_NO_OBJECT = True
    HOW_TO_GET = ('V-COCO has to be converted by hand, see '
                  'docs/en/user_guides/dataset_prepare.md')
