# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData
from torch import nn

from mmhoi.models.instance_features import (ImageMaps, QueryInstanceFeatures,
                                            RoIInstanceFeatures)


def make_part(**options):
    return RoIInstanceFeatures(
        **{
            **dict(embed_dims=4, in_channels=2, stride=8), 'source':
            'backbone',
            **options
        })


def boxes(*rows):
    return InstanceData(bboxes=torch.tensor(rows).float().reshape(-1, 4))


def test_reads_the_place_of_the_box():
    part = make_part()
    part.proj = nn.Identity()
    feature_map = torch.zeros(2, 2, 8, 8)
    feature_map[1, 1, 2:4, 4:6] = 3.0
    tokens = part(
        ImageMaps((feature_map, )),
        [boxes([32, 16, 48, 32]),
         boxes([36, 20, 44, 28], [0, 0, 16, 8])], [])
    assert tokens[0].tolist() == [[0, 0]]
    torch.testing.assert_close(tokens[1], torch.tensor([[0., 3.], [0., 0.]]))


def test_no_boxes_and_boxes_outside():
    part = make_part()
    maps = ImageMaps((torch.randn(2, 2, 8, 8), ))
    tokens = part(maps, [boxes(), boxes([-99, -99, 999, 999])], [])
    assert [value.shape for value in tokens] == [(0, 4), (1, 4)]
    assert tokens[1].isfinite().all()


def test_levels():
    maps = ImageMaps(
        backbone=(torch.randn(1, 2, 16, 16), torch.randn(1, 2, 8, 8)))
    fine, coarse = (make_part(level=level, stride=stride)
                    for level, stride in ((0, 4), (-1, 8)))
    coarse.load_state_dict(fine.state_dict())
    assert not fine(maps, [boxes([0, 0, 9, 9])], [])[0].equal(
        coarse(maps, [boxes([0, 0, 9, 9])], [])[0])


@pytest.mark.parametrize('options, message', [
    (dict(source='sky'), 'allowed: memory, neck, backbone'),
    (dict(source='memory', backbone=dict()), 'own: backbone'),
])
def test_wrong_source(options, message):
    with pytest.raises(ValueError, match=message):
        make_part(**options)


def test_map_that_is_not_there():
    with pytest.raises(ValueError, match='"neck".*allowed: backbone'):
        make_part(source='neck')(ImageMaps((torch.zeros(1, 2, 8, 8), )), [],
                                 [])


def test_detector_without_maps_or_queries():
    with pytest.raises(ValueError, match='backbone of its own'):
        make_part().check_detector(None)
    with pytest.raises(ValueError, match='detector is NoneType'):
        QueryInstanceFeatures().check_detector(None)


def test_boxes_without_queries():
    with pytest.raises(ValueError, match='det_instances'):
        QueryInstanceFeatures()(None, [boxes([0, 0, 1, 1])], [])
