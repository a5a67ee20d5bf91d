# Copyright (c) mmhoi contributors.
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset


@DATASETS.register_module()
class VCOCODataset(HOIDataset):
    """V-COCO in HOIA format: 29 verb-role classes, 263 combinations.

    Verb ids of the file are 0-based, and object_id -1 marks an action
    without (annotated) object.
    """

    def __init__(self,
                 ann_file: str = '',
                 *,
                 label_space: str = 'vcoco',
                 **kwargs) -> None:
        super().__init__(ann_file, label_space=label_space, **kwargs)
