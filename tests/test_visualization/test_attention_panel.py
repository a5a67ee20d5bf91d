# Copyright (c) mmhoi contributors.
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from mmengine.structures import InstanceData

from mmhoi.structures import HOIDataSample
from mmhoi.visualization import draw_attention_panel
from mmhoi.visualization.attention_maps import HOIAttention

META = dict(
    classes=('person', 'bicycle'),
    verb_classes=('ride', 'hold'),
    hoi_classes=('ride bicycle', 'hold bicycle'))
TITLES = [
    'image', 'prediction', 'localisation: human query',
    'localisation: object query', 'interaction: CLIP patches',
    'interaction: detector memory'
]


def make_attention(shape=(120, 160)):
    """Attention on one pixel of the upper left, the centre for CLIP."""
    weights = np.zeros(shape, np.float32)
    weights[:40, :40] = 1 / 1600
    clip = np.full(shape, np.nan, np.float32)
    clip[:, 20:-20] = 0.8 / clip[:, 20:-20].size
    cells = np.array([[0.75, 0.25]])
    sample = HOIDataSample()
    sample.pred_hoi_instances = InstanceData(
        sub_bboxes=torch.tensor([[20., 10., 59., 89.]] * 2),
        obj_bboxes=torch.tensor([[10., 50., 79., 99.]] * 2),
        labels=torch.tensor([0, 1]),
        verb_labels=torch.tensor([0, 1]),
        obj_labels=torch.tensor([1, 1]),
        scores=torch.tensor([1.3, 0.91]),
        confidences=torch.tensor([0.441, 0.09]),
        obj_scores=torch.tensor([0.9, 0.9]),
        query_inds=torch.tensor([3, 3]))
    return HOIAttention(
        image=np.full((*shape, 3), 120, np.uint8),
        data_sample=sample,
        dataset_meta=META,
        pair=1,
        query=3,
        cells=dict(human=cells, object=cells, memory=cells, clip=0.8 * cells),
        human=weights,
        object=weights,
        memory=weights,
        clip=clip,
        clip_token=0.2)


def without_clip(attention):
    cells = {k: v for k, v in attention.cells.items() if k != 'clip'}
    return replace(attention, cells=cells, clip=None, clip_token=None)


def draw(attention, **kwargs):
    """The panel and what is written above its tiles."""
    with patch.object(Figure, 'text', autospec=True) as text:
        panel = draw_attention_panel(attention, **kwargs)
    texts = [call.args[3] for call in text.call_args_list]
    return panel, texts[::2], texts[1::2]


@pytest.mark.parametrize('shape, rows, columns', [
    ((120, 160), 2, 3),
    ((320, 80), 1, 6),
    ((60, 320), 3, 2),
])
def test_layout(shape, rows, columns):
    panel, titles, notes = draw(make_attention(shape), tile_size=160)
    assert titles == TITLES
    assert notes == [
        f'{shape[1]} x {shape[0]}', 'hold bicycle 0.09',
        *['brightest cell '
          '75.0%'] * 2, 'brightest cell 60.0%, class token 20.0%',
        'brightest cell 75.0%'
    ]
    height, width = np.array(shape) * 160 // max(shape)
    assert rows * height < panel.shape[0] < rows * (height + 20) + 10
    assert columns * width < panel.shape[1] < columns * (width + 40) + 10


def test_detector_that_does_not_look_at_clip():
    _, titles, _ = draw(without_clip(make_attention()))
    assert titles == TITLES[:4] + TITLES[5:]


def test_long_names_are_cut():
    meta = dict(META, hoi_texts=['', 'a person who ' + 'very ' * 50 + 'slow'])
    _, _, notes = draw(replace(make_attention(), dataset_meta=meta))
    assert len(notes[1]) < 50 and notes[1].endswith('very [...] 0.09')


def test_maps_are_where_they_belong():
    attention = make_attention()
    overlays = []
    with patch(
            'mmhoi.visualization.attention_panel._arrange',
            side_effect=lambda tiles: overlays.extend(tiles)):
        draw_attention_panel(attention, tile_size=160)
    image, prediction, human, _, clip, _ = [
        tile.picture.astype(int) for tile in overlays
    ]
    assert (image == 120).all()
    assert (prediction != 120).any(-1).mean() > 0.02
    # Bright yellow where the weights are, dark grey elsewhere.
    seen = attention.human > 0
    assert human[seen][:, 0].min() > 180 > 110 > human[~seen].max()
    # A hatch without colour where CLIP does not look.
    unseen = np.isnan(attention.clip)
    assert np.ptp(clip[unseen], axis=-1).max() == 0
    assert np.ptp(clip[~unseen], axis=-1).min() > 20


def test_arrays():
    attention = make_attention()
    arrays = attention.arrays()
    assert sorted(arrays) == [
        'clip', 'clip_cells', 'clip_token', 'human', 'human_cells', 'memory',
        'memory_cells', 'obj_bbox', 'object', 'object_cells', 'sub_bbox'
    ]
    assert arrays['sub_bbox'].tolist() == [20, 10, 59, 89]
    assert not any('clip' in name for name in without_clip(attention).arrays())
