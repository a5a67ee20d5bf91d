# Copyright (c) mmhoi contributors.
import json

from mmhoi.label_spaces import METAINFO_DIR
from mmhoi.registry import DATASETS
from .hoi_dataset import HOIDataset
from .metainfo_builder import build_metainfo


def _rendered_metainfo() -> dict:
    """METAINFO with the HOIs that the generator draws."""
    text = (METAINFO_DIR / 'synhico.json').read_text()
    rendered = json.loads(text)['classes']
    return build_metainfo(
        'hico_det',
        rare_hois=sorted(hoi['hoi_id'] for hoi in rendered if hoi['rare']),
        evaluated_hois=sorted(hoi['hoi_id'] for hoi in rendered))


@DATASETS.register_module()
class SynHICODataset(HOIDataset):
    """SynHICO: rendered scenes in HICO-DET's label space and file format.

    Means are taken over the HOIs that the generator renders; which of them
    are rare depends on its training counts. As in HICO-DET, the training
    file is 0-based and the test file 1-based (`bbox_origin=1`).
    """

    METAINFO = _rendered_metainfo()
    HOW_TO_GET = ('render it with `python '
                  'tools/dataset_converters/make_synhico.py data/synhico`')
