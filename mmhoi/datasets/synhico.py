# Copyright (c) mmhoi contributors.
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset


@DATASETS.register_module()
class SynHICODataset(HOIDataset):
    """SynHICO: rendered scenes with HICO-DET's classes and file format.

    Means are taken over the HOIs that the generator renders; which of them
    are rare depends on its training counts. As in HICO-DET, the training
    file is 0-based and the test file 1-based (`bbox_origin=1`).
    """

    def __init__(self,
                 ann_file: str = '',
                 *,
                 label_space: str = 'synhico',
                 **kwargs) -> None:
        super().__init__(ann_file, label_space=label_space, **kwargs)
