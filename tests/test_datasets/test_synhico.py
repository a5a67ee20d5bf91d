# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.datasets import SynHICODataset
from mmhoi.label_spaces import load_label_space


def test_metainfo_is_hicos_with_other_means():
    metainfo = load_label_space('synhico').metainfo()
    hico = load_label_space('hico_det').metainfo()
    evaluated, rare = metainfo.pop('evaluated_hois'), metainfo.pop('rare_hois')
    assert len(evaluated) >= 90 and len(rare) >= 20
    assert set(rare) < set(evaluated) < set(range(600))
    assert evaluated == sorted(evaluated) and rare == sorted(rare)
    for key, value in metainfo.items():
        assert value == hico[key]


def test_missing_files_name_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match='make_synhico.py'):
        SynHICODataset(ann_file='a.json', data_root=str(tmp_path))
