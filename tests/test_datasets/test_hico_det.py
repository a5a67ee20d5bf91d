# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.datasets import HICODetDataset
from mmhoi.label_spaces import load_label_space


def test_metainfo():
    metainfo = load_label_space('hico_det').metainfo()
    assert len(metainfo['classes']) == len(metainfo['palette']) == 80
    assert len(metainfo['verb_classes']) == 117
    for key in ('hoi_classes', 'hoi_to_verb', 'hoi_to_object'):
        assert len(metainfo[key]) == 600
    assert len(metainfo['rare_hois']) == 138
    assert metainfo['evaluated_hois'] == list(range(600))


def test_hoi_names_follow_verbs_and_objects():
    metainfo = load_label_space('hico_det').metainfo()
    for name, verb, obj in zip(metainfo['hoi_classes'],
                               metainfo['hoi_to_verb'],
                               metainfo['hoi_to_object']):
        assert name == (f'{metainfo["verb_classes"][verb]} '
                        f'{metainfo["classes"][obj]}')


def test_missing_files_name_the_remedy(tmp_path):
    with pytest.raises(FileNotFoundError, match='HICO-DET has to be downl'):
        HICODetDataset(ann_file='a.json', data_root=str(tmp_path))


def test_metainfo_is_not_shared(write_data, make_record):
    dataset = HICODetDataset(**write_data([make_record()]))
    dataset.metainfo['rare_hois'].clear()
    assert len(dataset.metainfo['rare_hois']) == 138
