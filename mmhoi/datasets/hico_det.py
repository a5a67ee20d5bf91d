# Copyright (c) mmhoi contributors.
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset


@DATASETS.register_module()
class HICODetDataset(HOIDataset):
    """HICO-DET: 80 objects, 117 verbs, 600 HOIs, 138 of them rare.

    Note that the usual annotation files differ in their first pixel:
    trainval_hico.json is 0-based, test_hico.json 1-based (`bbox_origin=1`).
    """

    def __init__(self,
                 ann_file: str = '',
                 *,
                 label_space: str = 'hico_det',
                 **kwargs) -> None:
        super().__init__(ann_file, label_space=label_space, **kwargs)
