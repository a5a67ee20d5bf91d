# Copyright (c) mmhoi contributors.
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset
from .metainfo_builder import build_metainfo


@DATASETS.register_module()
class HICODetDataset(HOIDataset):
    """HICO-DET: 80 objects, 117 verbs, 600 HOIs, 138 of them rare.

    Note that the usual annotation files differ in their first pixel:
    trainval_hico.json is 0-based, test_hico.json 1-based (`bbox_origin=1`).
    """

    METAINFO = build_metainfo('hico_det')
    HOW_TO_GET = ('HICO-DET has to be downloaded by hand, see '
                  'docs/en/user_guides/dataset_prepare.md')
