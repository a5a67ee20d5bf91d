# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmdet.models.detectors import BaseDetector, SingleStageDetector
from mmdet.structures.bbox import HorizontalBoxes
from mmengine.structures import InstanceData
from tiny_configs import read_config

from mmhoi.checkpoints.official.detr_detector import (DETR_DETECTOR,
                                                      detector_state)
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample
from mmhoi.utils.setup_error import SetupError

OWN_BACKBONE = dict(
    type='RoIInstanceFeatures',
    embed_dims=128,
    in_channels=96,
    stride=16,
    source='backbone')
MEAN, STD = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]
BOXES = [[10., 10, 60, 90], [50, 20, 90, 70]]


def make_cfg(config='upt_mini_synhico', **options):
    cfg = read_config(f'upt/{config}.py').model
    # Not update, which merges parts.
    for name, value in options.items():
        cfg[name] = value
    return cfg


def make_batch(boxes=None, num_pairs=1, count=2):
    """Images of 96 x 128, the first one padded; boxes of all images."""
    torch.manual_seed(0)
    samples = []
    for i in range(count):
        size = (80, 128) if i == 0 else (96, 128)
        sample = HOIDataSample(
            metainfo=dict(
                batch_input_shape=(96, 128), img_shape=size, ori_shape=size))
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=torch.tensor(BOXES[:1] * num_pairs).reshape(-1, 4),
            obj_bboxes=torch.tensor(BOXES[1:] * num_pairs).reshape(-1, 4),
            verb_labels=torch.ones(num_pairs, 117))
        if boxes is not None:
            given, labels, scores = boxes
            sample.det_instances = InstanceData(
                bboxes=torch.tensor(given).reshape(-1, 4),
                labels=torch.tensor(labels, dtype=torch.long),
                scores=torch.tensor(scores))
        samples.append(sample)
    return dict(img=torch.randn(count, 3, 96, 128)), samples


@pytest.fixture
def seen(scene):
    """A batch with a picture in which the mini detector finds a pair."""
    img = torch.tensor(scene[..., ::-1].copy()).permute(2, 0, 1).float()
    img = (img - torch.tensor(MEAN)[:, None,
                                    None]) / torch.tensor(STD)[:, None, None]
    samples = make_batch()[1]
    for sample in samples:
        shape = tuple(img.shape[1:])
        sample.set_metainfo(
            dict(batch_input_shape=shape, img_shape=shape, ori_shape=shape))
    # The first one is padded.
    samples[0].set_metainfo(dict(img_shape=(shape[0] - 20, shape[1])))
    both = torch.stack([img, img])
    both[0, :, -20:] = 0
    return dict(img=both), samples


@pytest.fixture(scope='module')
def mini():
    """The mini UPT with the weights of its detector."""
    model = MODELS.build(make_cfg())
    model.init_weights()
    return model


@pytest.fixture(scope='module')
def mini_gt():
    return MODELS.build(make_cfg('upt_mini_synhico_gt'))


def test_detector_stays_as_it_is(mini, seen):
    mini.train()
    assert not mini.detector.training
    assert mini.interaction_head.training
    assert not any(p.requires_grad for p in mini.detector.parameters())
    inputs, samples = seen
    loss = mini.loss(inputs, samples)['loss_hoi']
    assert loss.isfinite()
    loss.backward()
    assert all(p.grad is not None for p in mini.interaction_head.parameters())


def test_detector_is_trained(seen):
    model = MODELS.build(make_cfg(freeze_detector=False))
    model.init_weights()
    model.train()
    assert model.detector.training
    inputs, samples = seen
    model.loss(inputs, samples)['loss_hoi'].backward()
    # Its boxes are not: they get no gradient.
    head = model.detector.bbox_head
    assert model.detector.backbone.conv1.weight.grad.abs().sum() > 0
    assert head.fc_reg.weight.grad is None


@torch.no_grad()
def test_modes(mini, seen):
    mini.eval()
    inputs, samples = seen
    preds = mini(inputs, samples, mode='predict')
    assert all(len(p.pred_hoi_instances) == 100 for p in preds)
    outputs = mini(inputs, samples, mode='tensor')
    assert outputs['logits'].shape[1] == 117
    assert mini(inputs, mode='tensor')['logits'].shape[1] == 117
    assert mini.hoi_head is mini.interaction_head
    assert [m.shape
            for m in mini.extract_feat(inputs).backbone] == [(2, 96, 10, 12)]


@torch.no_grad()
def test_an_image_alone(mini, seen):
    """With masked pooling nothing depends on the rest of the batch."""
    mini.eval()
    mini.interaction_head.masked_pooling = True
    inputs, samples = seen
    both = mini.predict(inputs, samples)[1].pred_hoi_instances
    alone = mini.predict(dict(img=inputs['img'][1:]),
                         samples[1:])[0].pred_hoi_instances
    torch.testing.assert_close(both.scores, alone.scores, rtol=0, atol=1e-5)
    mini.interaction_head.masked_pooling = False


@pytest.mark.parametrize('boxes', [
    ([], [], []),
    (BOXES, [3, 4], [.9, .9]),
    (BOXES[:1], [0], [.9]),
    ([[float('nan')] * 4] * 2, [0, 3], [.9, .9]),
    ([[5., 5, 5, 5], [9, 9, 2, 2]], [0, 3], [.9, .9]),
])
def test_boxes_without_pairs(mini_gt, boxes):
    for mode in (True, False):
        mini_gt.train(mode)
        inputs, samples = make_batch(boxes)
        assert mini_gt.loss(inputs, samples)['loss_hoi'] == 0
    preds = mini_gt.predict(*make_batch(boxes))
    assert [len(p.pred_hoi_instances) for p in preds] == [0, 0]


def test_boxes_outside(mini_gt):
    boxes = ([[-500., -9, 700, 800], [900, 900, 950, 990]], [0, 3], [1., 1.])
    assert mini_gt.loss(*make_batch(boxes))['loss_hoi'].isfinite()
    pred = mini_gt.predict(*make_batch(boxes))[0].pred_hoi_instances
    assert len(pred) and pred.scores.isfinite().all()
    # Not clipped.
    assert (pred.sub_bboxes == torch.tensor([-500., -9, 700, 800])).all()


def test_image_without_pairs_in_batch(mini_gt):
    inputs, samples = make_batch((BOXES, [0, 3], [1., 1.]))
    samples[0].det_instances = samples[0].det_instances[:0]
    assert mini_gt.loss(inputs, samples)['loss_hoi'].isfinite()
    preds = mini_gt.predict(inputs, samples)
    assert len(preds[0].pred_hoi_instances) == 0
    assert len(preds[1].pred_hoi_instances) > 0


def test_nothing_annotated(mini_gt):
    inputs, samples = make_batch((BOXES, [0, 3], [1., 1.]), num_pairs=0)
    assert mini_gt.loss(inputs, samples)['loss_hoi'].isfinite()


@pytest.mark.parametrize('boxes, message', [
    ((BOXES, [0, 80], [.9, .9]), 'labels are 0 to 80; allowed: 0 to 79'),
    ((BOXES, [0, 3], [.9, 40.]), 'scores are 0.9 to 40; allowed'),
])
def test_wrong_boxes(mini_gt, boxes, message):
    with pytest.raises(ValueError, match=message):
        mini_gt.loss(*make_batch(boxes))


def test_boxes_of_some_images_only(mini_gt):
    inputs, samples = make_batch((BOXES, [0, 3], [1., 1.]))
    del samples[1].det_instances
    with pytest.raises(ValueError, match='no det_instances.bboxes'):
        mini_gt.loss(inputs, samples)


def test_given_boxes_for_queries(mini):
    with pytest.raises(ValueError, match='use RoIInstanceFeatures'):
        mini.loss(*make_batch((BOXES, [0, 3], [1., 1.])))


@pytest.mark.parametrize('source, channels', [('neck', 128), ('backbone', 96)])
def test_given_boxes_need_no_decoder(source, channels):
    cfg = make_cfg('upt_mini_synhico_gt')
    cfg.instance_features.update(source=source, in_channels=channels)
    model = MODELS.build(cfg)
    model.detector.encoder = model.detector.decoder = None
    assert model.loss(*make_batch((BOXES, [0, 3], [1., 1.])))['loss_hoi'] > 0


def test_no_detector():
    backbone = make_cfg().detector.backbone
    model = MODELS.build(
        make_cfg(
            detector=None,
            instance_features=dict(backbone=backbone, **OWN_BACKBONE)))
    model.train()
    batch = make_batch((BOXES, [0, 3], [1., 1.]))
    model.loss(*batch)['loss_hoi'].backward()
    own = model.instance_features.backbone
    assert own.conv1.weight.grad.abs().sum() > 0
    with pytest.raises(ValueError, match='there are no boxes'):
        model.loss(*make_batch())


class OtherDetector(SingleStageDetector):
    """It finds the two boxes in every image."""

    def __init__(self, backbone, neck):
        BaseDetector.__init__(self)
        self.backbone = MODELS.build(backbone)
        self.neck = MODELS.build(neck)

    def predict(self, batch_inputs, batch_data_samples, rescale=True):
        assert not rescale
        self.extract_feat(batch_inputs)
        for sample in batch_data_samples:
            sample.pred_instances = InstanceData(
                bboxes=HorizontalBoxes(torch.tensor(BOXES)),
                labels=torch.tensor([0, 3]),
                scores=torch.tensor([.9, .8]))
        return batch_data_samples


def test_any_detector():
    """One that is no DETR is only asked to predict."""
    cfg = make_cfg()
    detector = dict(
        type=OtherDetector,
        backbone=cfg.detector.backbone,
        neck=cfg.detector.neck)
    part = dict(OWN_BACKBONE, source='neck', in_channels=128)
    model = MODELS.build(make_cfg(detector=detector, instance_features=part))
    inputs, samples = make_batch()
    assert model.loss(inputs, samples)['loss_hoi'] > 0
    assert 'pred_instances' not in samples[0]
    pred = model.predict(inputs, samples)[1].pred_hoi_instances
    assert pred.sub_bboxes[0].tolist() == BOXES[0]
    model.loss(*make_batch((BOXES, [0, 3], [1., 1.])))
    with pytest.raises(ValueError, match='"memory".*allowed: neck, backbone'):
        model.instance_features.source = 'memory'
        model.loss(inputs, samples)
    with pytest.raises(ValueError, match='OtherDetector; allowed'):
        MODELS.build(make_cfg(detector=detector))


@pytest.mark.parametrize('gt', [True, False])
def test_half_precision(mini, mini_gt, seen, gt):
    """Training in bfloat16 is close to training in float32."""
    model = mini_gt if gt else mini
    batch = make_batch((BOXES, [0, 3], [1., 1.])) if gt else seen
    model.eval()
    exact = model.loss(*batch)['loss_hoi']
    with torch.autocast('cpu', torch.bfloat16):
        loss = model.loss(*batch)['loss_hoi']
    loss.backward()
    assert loss.dtype == torch.float32
    assert abs(loss - exact) < 0.05 * exact


def test_unknown_argument():
    with pytest.raises(
            SetupError, match='no argument clip; allowed.*detector'):
        MODELS.build(make_cfg(clip=dict(model_name='mmhoi-mini')))


@pytest.mark.parametrize('own, fits', [
    (dict(mean=MEAN, std=STD, bgr_to_rgb=True), True),
    (dict(mean=[0., 0, 0], std=[1., 1, 1], bgr_to_rgb=True), False),
])
def test_normalisation_of_the_detector(own, fits):
    cfg = make_cfg()
    cfg.detector.data_preprocessor = dict(
        type='mmdet.DetDataPreprocessor', **own)
    if fits:
        MODELS.build(cfg)
    else:
        with pytest.raises(ValueError, match='differ in mean'):
            MODELS.build(cfg)


def test_weights_of_the_detector(mini, tmp_path):
    """All must be there, with facebookresearch's names or mmdet's."""
    state = mini.detector.state_dict()
    theirs = {
        DETR_DETECTOR.rename(name, source=1): value
        for name, value in state.items() if 'num_batches' not in name
    }
    assert 'transformer.decoder.norm.weight' in theirs
    path = tmp_path / 'detr.pth'
    cfg = make_cfg()
    cfg.detector.init_cfg.checkpoint = str(path)
    model = MODELS.build(cfg)
    with pytest.raises(FileNotFoundError, match='no weights of the box'):
        model.init_weights()
    torch.save(dict(model=theirs, state_dict=theirs), path)
    model.init_weights()
    for name, value in state.items():
        assert model.detector.state_dict()[name].equal(value), name
    del theirs['class_embed.weight']
    torch.save(dict(state_dict=theirs), path)
    with pytest.raises(
            ValueError, match='1 of .* missing in the checkpoint: bbox_head'):
        model.init_weights()


def test_classes_of_coco():
    """Rows of the 80 categories among DETR's 91 ids, and the background."""
    state = detector_state({'class_embed.bias': torch.arange(92)})
    rows = state['bbox_head.fc_cls.bias']
    assert rows[[0, 11, 79, 80]].tolist() == [1, 13, 90, 91]
