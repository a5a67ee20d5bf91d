# Copyright (c) mmhoi contributors.
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.structures import InstanceData

from mmhoi.models.vision_language import open_clip_loader
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import HOIDataSample

CONFIG = (
    Path(__file__).resolve().parents[3] /
    'configs/hoiclip/hoiclip_mini_synhico.py')
RIDE_BICYCLE, SIT_ON_BICYCLE = 18, 19
NUM_QUERIES = 16


@pytest.fixture(scope='module')
def model_cfg():
    register_all_modules()
    return Config.fromfile(CONFIG).model


@pytest.fixture(scope='module')
def model(model_cfg):
    torch.manual_seed(0)
    model = MODELS.build(model_cfg)
    model.init_weights()
    return model.eval()


def make_sample(num_pairs: int) -> HOIDataSample:
    sample = HOIDataSample(
        metainfo=dict(
            img_shape=(160, 192),
            batch_input_shape=(160, 192),
            ori_shape=(320, 384)))
    hoi_labels = torch.zeros(num_pairs, 600)
    hoi_labels[:, [RIDE_BICYCLE, SIT_ON_BICYCLE]] = 1
    sample.gt_hoi_instances = InstanceData(
        sub_bboxes=torch.tensor([[10., 10., 60., 120.]]).repeat(num_pairs, 1),
        obj_bboxes=torch.tensor([[20., 60., 90., 150.]]).repeat(num_pairs, 1),
        obj_labels=torch.ones(num_pairs, dtype=torch.long),
        hoi_labels=hoi_labels)
    return sample


def make_batch(*num_pairs):
    generator = torch.Generator().manual_seed(1)
    size = len(num_pairs)
    inputs = dict(
        img=torch.randn(size, 3, 160, 192, generator=generator),
        clip_img=torch.randn(size, 3, 96, 96, generator=generator))
    return inputs, [make_sample(num) for num in num_pairs]


def test_clip_text_tower_is_not_kept_in_memory(model_cfg):
    MODELS.build(model_cfg)
    assert open_clip_loader._SHARED.get() is None


def test_convolutions_are_channels_last_from_the_start(model_cfg):
    model = MODELS.build(model_cfg)
    layout = torch.channels_last
    weight = model.backbone.layer2[0].conv1.weight
    assert weight.is_contiguous(memory_format=layout)
    other = {name: w.contiguous() for name, w in model.state_dict().items()}
    model.load_state_dict(other)
    assert weight.is_contiguous(memory_format=layout)


def test_tensor_mode(model):
    inputs, samples = make_batch(1, 0)
    with torch.no_grad():
        out = model(inputs, samples, mode='tensor')
        alone = model(inputs, mode='tensor')
    assert out['interaction_logits'].shape == (2, 2, NUM_QUERIES, 600)
    assert out['obj_logits'].shape == (2, 2, NUM_QUERIES, 81)
    assert out['sub_bboxes'].shape == (2, 2, NUM_QUERIES, 4)
    assert torch.equal(out['interaction_logits'], alone['interaction_logits'])


def test_batch_equals_single_images(model):
    inputs, samples = make_batch(1, 1)
    with torch.no_grad():
        both = model(inputs, samples, mode='tensor')
        for i in range(2):
            one = model({
                k: v[i:i + 1]
                for k, v in inputs.items()
            },
                        samples[i:i + 1],
                        mode='tensor')
            for name in ('interaction_logits', 'obj_logits', 'sub_bboxes'):
                torch.testing.assert_close(
                    one[name][:, 0], both[name][:, i], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize('num_pairs', [(2, 1), (1, 0), (0, 0)])
def test_loss(model_cfg, num_pairs):
    model = MODELS.build(model_cfg)
    model.init_weights()
    model.train()
    losses = model(*make_batch(*num_pairs), mode='loss')
    assert len(losses) == 12
    total = sum(losses.values())
    assert total.isfinite()
    total.backward()
    without = [
        name for name, param in model.named_parameters()
        if param.requires_grad and param.grad is None
    ]
    # DDP would wait for them forever.
    assert not without


def test_clip_stays_frozen(model_cfg):
    model = MODELS.build(model_cfg).train()
    assert not model.clip_visual.training
    assert not any(p.requires_grad for p in model.clip_visual.parameters())
    head = model.bbox_head
    assert not head.interaction_classifier.texts.weight.requires_grad
    assert head.interaction_classifier.texts.logit_scale.requires_grad
    assert head.interaction_classifier.verbs.weight.requires_grad


def test_predict(model):
    inputs, samples = make_batch(1, 0)
    with torch.no_grad():
        out = model(inputs, deepcopy(samples), mode='tensor')
        results = model(inputs, deepcopy(samples), mode='predict')
        input_pixels = model.predict(inputs, deepcopy(samples), rescale=False)
    for i, sample in enumerate(results):
        pred = sample.pred_hoi_instances
        assert 0 < len(pred) <= 100
        assert (pred.scores.diff() <= 0).all()
        boxes = out['sub_bboxes'][-1, i][pred.query_inds]
        size = torch.tensor([384., 320.])
        torch.testing.assert_close(
            (pred.sub_bboxes[:, :2] + pred.sub_bboxes[:, 2:]) / 2,
            boxes[:, :2] * size)
        hoi_objects = model.bbox_head.interaction_classifier.hoi_objects
        assert torch.equal(pred.obj_labels, hoi_objects[pred.labels])
        best = out['obj_logits'][-1, i][:, :-1].argmax(1)
        assert torch.equal(pred.top_obj_labels, best[pred.query_inds])
        torch.testing.assert_close(
            input_pixels[i].pred_hoi_instances.sub_bboxes * 2, pred.sub_bboxes)


def test_zero_shot_training_sees_fewer_classes(model_cfg):
    cfg = deepcopy(model_cfg)
    cfg.bbox_head.zero_shot_split = 'uv'
    model = MODELS.build(cfg).eval()
    inputs, _ = make_batch(1)
    with torch.no_grad():
        features = model.forward_features(**inputs)
        everything = model.bbox_head(**features)
        seen = model.bbox_head(**features, seen_only=True)
    assert everything['interaction_logits'].shape[-1] == 600
    assert seen['interaction_logits'].shape[-1] == 516
    ids = model.bbox_head.interaction_classifier.train_ids
    torch.testing.assert_close(seen['interaction_logits'],
                               everything['interaction_logits'][..., ids])
    assert RIDE_BICYCLE not in ids


@pytest.mark.parametrize('sources', [('clip', ), ('memory', )])
def test_one_source(model_cfg, sources):
    cfg = deepcopy(model_cfg)
    cfg.interaction_decoder.sources = sources
    model = MODELS.build(cfg).train()
    losses = model(*make_batch(1), mode='loss')
    sum(losses.values()).backward()
    assert all(param.grad is not None for param in model.parameters()
               if param.requires_grad)


def test_unknown_source(model_cfg):
    cfg = deepcopy(model_cfg)
    cfg.interaction_decoder.sources = ('clip', 'text')
    with pytest.raises(ValueError, match='clip.*memory'):
        MODELS.build(cfg)


def test_width_of_clip_tokens(model_cfg):
    cfg = deepcopy(model_cfg)
    for part in cfg.interaction_decoder.layer_cfg.values():
        part.embed_dims = 128
    with pytest.raises(ValueError, match='144 wide'):
        MODELS.build(cfg)


def test_config_is_not_changed(model_cfg):
    before = deepcopy(model_cfg)
    MODELS.build(model_cfg)
    assert model_cfg == before


def test_losses_and_matching_are_float32_in_mixed_precision(model):
    inputs, samples = make_batch(3, 1)
    with torch.no_grad():
        features = model.forward_features(**inputs)
        losses = model.bbox_head.loss(samples, **features)
        with torch.autocast('cpu', torch.bfloat16):
            mixed = model.bbox_head.loss(samples, **features)
    assert mixed == losses
    assert all(loss.dtype == torch.float32 for loss in mixed.values())
