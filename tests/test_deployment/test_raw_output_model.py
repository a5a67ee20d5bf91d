# Copyright (c) mmhoi contributors.
from mmhoi.deployment.raw_output_model import RawOutputModel


def test_only_weights_of_the_graph(inferencer):
    """CLIP's tower is left out where nobody sees its view, in the copy."""
    raw = RawOutputModel(inferencer.model)
    has_tower = any('clip_visual' in name for name in raw.state_dict())
    assert has_tower == ('clip_img' in raw.input_names)
    assert any('clip_visual' in name for name in inferencer.model.state_dict())
