# Copyright (c) mmhoi contributors.
import shutil
from unittest.mock import patch

import cv2
import numpy as np
import pytest
import torch
from matplotlib.font_manager import findfont
from mmengine.structures import InstanceData

from mmhoi.structures import HOIDataSample
from mmhoi.visualization import HOILocalVisualizer, pair_painter, panels
from mmhoi.visualization.drawing import draw_text
from mmhoi.visualization.pair_painter import PERSON_COLORS

META = dict(
    classes=('person', 'bicycle', 'sports ball'),
    verb_classes=('no_interaction', 'ride', 'straddle', 'hold'))


def make_sample(pred=True, gt=True, img_path=None):
    """One person on a bicycle, who also holds a ball."""
    sample = HOIDataSample(metainfo=dict(img_path=img_path))
    sub = torch.tensor([[20., 10., 59., 89.]])
    obj = torch.tensor([[10., 50., 79., 99.], [90., 20., 109., 39.]])
    if gt:
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=sub.repeat(2, 1),
            obj_bboxes=obj,
            obj_labels=torch.tensor([1, 2]),
            verb_labels=torch.tensor([[0., 1, 1, 0], [0, 0, 0, 1]]))
    if pred:
        hoi_scores = torch.tensor([.8, .5, .3, .05])
        obj_scores = torch.tensor([.9, .9, .8, .9])
        sample.pred_hoi_instances = InstanceData(
            sub_bboxes=sub.repeat(4, 1) + 1,
            obj_bboxes=obj[[0, 0, 1, 0]],
            obj_labels=torch.tensor([1, 1, 2, 1]),
            verb_labels=torch.tensor([1, 2, 3, 0]),
            scores=hoi_scores + obj_scores**2,
            confidences=hoi_scores * obj_scores,
            obj_scores=obj_scores)
    return sample


def make_visualizer(**kwargs):
    visualizer = HOILocalVisualizer(**kwargs)
    visualizer.dataset_meta = META
    return visualizer


def draw(sample, shape=(120, 160), visualizer=None, **kwargs):
    """The drawn picture and the texts in it."""
    visualizer = visualizer or make_visualizer()
    image = np.full((*shape, 3), 120, np.uint8)
    texts = []

    def record(canvas, text, *args):
        texts.append(text)
        draw_text(canvas, text, *args)

    with patch.object(pair_painter, 'draw_text', record), \
            patch.object(panels, 'draw_text', record):
        visualizer.add_datasample('image', image, sample, **kwargs)
    return visualizer.get_image(), texts


@pytest.mark.parametrize('score_thr, labels', [
    (0.3, ['ride, straddle bicycle 0.72']),
    (0.2, ['ride, straddle bicycle 0.72', 'hold sports ball 0.24']),
    (0.5, ['ride bicycle 0.72']),
    (0.9, []),
])
def test_prediction_labels(score_thr, labels):
    _, texts = draw(make_sample(gt=False), pred_score_thr=score_thr)
    assert texts == labels


def test_max_pairs():
    visualizer = make_visualizer(max_pairs=1)
    _, texts = draw(
        make_sample(gt=False), visualizer=visualizer, pred_score_thr=0)
    # 28 characters a line.
    assert texts == ['ride, straddle,\nno interaction bicycle 0.72']


@pytest.mark.parametrize('gt, pred, draw_gt, draw_pred, captions', [
    (True, True, True, True, ['ground truth', 'prediction']),
    (True, True, False, True, []),
    (True, True, True, False, []),
    (True, False, True, True, []),
    (False, True, True, True, []),
    (False, False, True, True, []),
])
def test_panels(gt, pred, draw_gt, draw_pred, captions):
    image, texts = draw(
        make_sample(pred, gt), draw_gt=draw_gt, draw_pred=draw_pred)
    assert [t for t in texts
            if t in ('ground truth', 'prediction')] == captions
    assert ('ride, straddle bicycle' in texts) == (gt and draw_gt)
    assert ('ride, straddle bicycle 0.72' in texts) == (pred and draw_pred)
    if captions:
        assert image.shape[1] > 2 * 768 and image.shape[0] > 576
    elif gt or pred:
        assert image.shape == (576, 768, 3)
    else:
        assert image.shape == (120, 160, 3)


@pytest.mark.parametrize('shape, drawn', [((120, 160), (576, 768)),
                                          ((160, 120), (768, 576)),
                                          ((700, 900), (700, 900)),
                                          ((1, 1), (768, 768)),
                                          ((50, 20000), (256, 20000)),
                                          ((3000, 50), (3000, 256))])
def test_sizes(shape, drawn):
    image, _ = draw(make_sample(gt=False), shape=shape)
    assert image.shape[:2] == drawn


def has_color(image, x, y, color):
    patch_ = image[y - 3:y + 4, x - 3:x + 4].reshape(-1, 3).astype(int)
    return np.abs(patch_ - color).max(1).min() < 12


@pytest.mark.parametrize('size', [(120, 160), (840, 1120)])
def test_boxes_are_where_they_belong(size):
    sample = make_sample(pred=False)
    inclusive = torch.tensor([0, 0, 1, 1])
    for key in ('sub_bboxes', 'obj_bboxes'):
        bboxes = sample.gt_hoi_instances[key] + inclusive
        sample.gt_hoi_instances[key] = bboxes * size[0] / 120 - inclusive
    image, _ = draw(sample, shape=size)
    scale = image.shape[0] / 120
    color = PERSON_COLORS[0]
    for x, y in ((20, 40), (60, 30), (40, 10)):  # edges of the person
        assert has_color(image, int(x * scale), int(y * scale), color)
    # The line from the person to the ball: centres (40, 50) and (100, 30).
    assert has_color(image, int(70 * scale), int(40 * scale), color)
    assert not has_color(image, int(140 * scale), int(60 * scale), color)


def test_persons_have_different_colors():
    sample = make_sample(pred=False)
    sample.gt_hoi_instances.sub_bboxes[1] = torch.tensor([100., 45, 139, 99])
    image, _ = draw(sample)
    assert has_color(image, int(20 * 4.8), int(40 * 4.8), PERSON_COLORS[0])
    assert has_color(image, int(140 * 4.8), int(70 * 4.8), PERSON_COLORS[1])


def test_pair_without_object():
    sample = make_sample(pred=False)
    sample.gt_hoi_instances = sample.gt_hoi_instances[:1]
    sample.gt_hoi_instances.obj_labels[:] = 3
    sample.gt_hoi_instances.obj_bboxes[:] = 0
    image, texts = draw(sample)
    assert texts == ['ride, straddle']
    assert not has_color(image, 4, 4, PERSON_COLORS[0])


@pytest.mark.parametrize('bbox', [
    [-30., -20., 500., 400.],
    [150., 110., 900., 900.],
    [300., 300., 400., 400.],
    [50., 50., 50., 50.],
])
def test_boxes_may_leave_the_image(bbox):
    sample = make_sample(gt=False)
    sample.pred_hoi_instances.sub_bboxes[:] = torch.tensor(bbox)
    image, texts = draw(sample, pred_score_thr=0)
    assert len(texts) == 2
    # All of the outline is inside: the edges at the border are seen.
    x, y = (np.array(bbox).reshape(2, 2) * 4.8).clip(3, (764, 572))[0]
    assert has_color(image, int(x), int(y), PERSON_COLORS[0])


def test_long_lists_of_verbs():
    visualizer = make_visualizer(max_verbs=2)
    _, texts = draw(
        make_sample(gt=False), visualizer=visualizer, pred_score_thr=0)
    assert texts[0] == 'ride, straddle, 1 more\nbicycle 0.72'


def test_wide_panels_are_below_each_other():
    image, _ = draw(make_sample(), shape=(120, 480))
    assert image.shape[0] > 2 * 192 and image.shape[1] < 800


def test_own_font(tmp_path):
    path = tmp_path / 'letters.ttf'
    with pytest.raises(FileNotFoundError, match='letters.ttf" does not exist'):
        make_visualizer(font=str(path))
    path.write_text('no font')
    with pytest.raises(ValueError, match='not a font file'):
        make_visualizer(font=str(path))
    shutil.copy(findfont('DejaVu Serif'), path)
    own, _ = draw(make_sample(), visualizer=make_visualizer(font=str(path)))
    assert (own != draw(make_sample())[0]).any()


def test_drawing_on_the_picture():
    visualizer = make_visualizer()
    image, _ = draw(make_sample(gt=False), visualizer=visualizer)
    visualizer.draw_bboxes(np.array([[300., 400., 400., 500.]]))
    changed = (visualizer.get_image() != image).any(2)
    assert changed.any() and not changed[:300].any()


def test_every_process_of_a_run_writes_its_pictures(tmp_path):
    with patch('mmengine.dist.utils.get_rank', return_value=1):
        visualizer = make_visualizer()
        draw(
            make_sample(),
            visualizer=visualizer,
            out_file=str(tmp_path / 'a.png'))
    assert cv2.imread(str(tmp_path / 'a.png')).shape[1] > 2 * 768
    assert visualizer.dataset_meta == META


def test_no_pairs():
    sample = make_sample()
    sample.pred_hoi_instances = sample.pred_hoi_instances[:0]
    sample.gt_hoi_instances = sample.gt_hoi_instances[:0]
    assert draw(sample)[1] == ['ground truth', 'prediction']


def test_without_metainfo():
    visualizer = make_visualizer()
    visualizer.dataset_meta = {}
    _, texts = draw(make_sample(gt=False), visualizer=visualizer)
    assert texts == ['verb 1, verb 2 object 1 0.72']


def test_arguments_stay_unchanged():
    sample, image = make_sample(), np.zeros((120, 160, 3), np.uint8)
    copy = sample.clone()
    make_visualizer().add_datasample('image', image, sample)
    assert not image.any()
    for field in ('gt_hoi_instances', 'pred_hoi_instances'):
        for key, value in getattr(sample, field).items():
            assert torch.equal(value, getattr(copy, field)[key])


def test_without_sample():
    image, texts = draw(None)
    assert texts == [] and (image == 120).all()
