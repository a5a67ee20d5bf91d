# Copyright (c) mmhoi contributors.
from types import MethodType

import pytest
import torch
from torch import nn

from mmhoi.models.detectors import (AttentionSources, HOIDetector,
                                    HumanObjectQueries)
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample
from mmhoi.visualization import AttentionRecorder
from tests.tiny_configs import CLIP_IMAGE_SIZE, tiny_config

NUM_QUERIES, NUM_PATCHES = 16, 64
HOICLIP = 'hoiclip/hoiclip_r50_hico.py'
GEN_VLKT = 'gen_vlkt/gen_vlkt_s_r50_hico.py'


@pytest.fixture(scope='module')
def models(tmp_path_factory):
    built = {}
    for name in (HOICLIP, GEN_VLKT):
        torch.manual_seed(0)
        model = MODELS.build(tiny_config(name, 'data').model)
        model.init_weights()
        built[name] = model.eval()
    return built


def make_batch():
    """Two images of 64 x 96 pixels, the second with padding."""
    generator = torch.Generator().manual_seed(0)
    inputs = dict(
        img=torch.randn(2, 3, 64, 96, generator=generator),
        clip_img=torch.randn(
            2, 3, CLIP_IMAGE_SIZE, CLIP_IMAGE_SIZE, generator=generator))
    samples = [
        HOIDataSample(
            metainfo=dict(
                img_shape=shape, ori_shape=shape, batch_input_shape=(64, 96)))
        for shape in ((64, 96), (64, 32))
    ]
    return inputs, samples


def predict(model):
    with torch.no_grad():
        samples = model(*make_batch(), mode='predict')
    return [sample.pred_hoi_instances for sample in samples]


def num_hooks(model):
    return sum(
        len(module._forward_hooks) + len(module._forward_pre_hooks)
        for module in model.modules())


@pytest.mark.parametrize('name', [HOICLIP, GEN_VLKT])
def test_maps_of_a_batch(models, name):
    model = models[name]
    before, hooks = predict(model), num_hooks(model)
    calls = []
    handle = model.decoder.layers[-1].cross_attn.attn.register_forward_hook(
        lambda module, args, kwargs, output: calls.append(output[1]),
        with_kwargs=True)
    with AttentionRecorder(model) as recorder:
        during = predict(model)
    handle.remove()
    assert num_hooks(model) == hooks
    for pred, other in zip(before, during):
        assert torch.equal(pred.query_inds, other.query_inds)
        for key in ('scores', 'sub_bboxes', 'obj_bboxes'):
            torch.testing.assert_close(
                pred[key], other[key], rtol=1e-6, atol=1e-6)

    height, width = recorder.memory_shape
    assert (height, width) == (2, 3)
    maps = dict(human=6, object=6, memory=6)
    if name == HOICLIP:
        maps['clip'] = 1 + NUM_PATCHES
    else:
        assert recorder.clip is None
    for key, num_tokens in maps.items():
        weights = getattr(recorder, key)
        assert weights.shape == (2, NUM_QUERIES, num_tokens)
        torch.testing.assert_close(
            weights.sum(-1), torch.ones(2, NUM_QUERIES), rtol=0, atol=1e-5)
    # Queries 0..Q-1 of the instance decoder stand for the humans.
    assert torch.equal(recorder.human, calls[0][:, :NUM_QUERIES])
    assert torch.equal(recorder.object, calls[0][:, NUM_QUERIES:])
    # Columns 2 and 3 of the second image are padding.
    padding = recorder.human[1].reshape(-1, height, width)[..., 1:]
    assert (padding == 0).all() and (recorder.human[0] > 0).all()


def test_next_batch_replaces_maps(models):
    model = models[HOICLIP]
    inputs, samples = make_batch()
    with AttentionRecorder(model) as recorder, torch.no_grad():
        model(inputs, samples, mode='tensor')
        both = recorder.clip
        model({
            k: v[1:]
            for k, v in inputs.items()
        },
              samples[1:],
              mode='tensor')
    assert recorder.clip.shape[0] == 1 and recorder.clip_size == 96
    torch.testing.assert_close(recorder.clip, both[1:], rtol=0, atol=1e-5)


def test_source_that_is_switched_off(models):
    model = models[HOICLIP]
    decoder = model.interaction_decoder
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoder, 'sources', ('memory', ))
        with AttentionRecorder(model) as recorder:
            predict(model)
    assert recorder.clip is None
    assert recorder.memory.shape == (2, NUM_QUERIES, 6)


def test_no_hooks_are_left_after_an_error(models):
    model = models[GEN_VLKT]
    hooks = num_hooks(model)
    with pytest.raises(KeyError, match='what went wrong'):
        with AttentionRecorder(model):
            assert num_hooks(model) > hooks
            raise KeyError('what went wrong')
    assert num_hooks(model) == hooks


class TinyDetector(nn.Module):
    """Calls attention in ways that the detector does not."""

    def __init__(self, attention_args, attention_kwargs):
        super().__init__()
        self.neck = nn.Identity()
        self.queries = HumanObjectQueries(2, 8)
        self.decoder, self.interaction_decoder = (
            self._decoder() for _ in range(2))
        self.attention_args = attention_args
        self.attention_kwargs = attention_kwargs

    def attention_sources(self):
        instance, interaction = (
            decoder.layers[-1].cross_attn.attn
            for decoder in (self.decoder, self.interaction_decoder))
        return AttentionSources(
            instance, interaction, ('memory', ), self.neck, clip_view=None)

    def _decoder(self):
        layer = nn.Module()
        layer.cross_attn = nn.Module()
        layer.cross_attn.attn = nn.MultiheadAttention(8, 2, batch_first=True)
        decoder = nn.Module()
        decoder.layers = nn.ModuleList([layer])
        return decoder

    def forward(self, query, memory):
        self.neck([torch.zeros(1, 8, 2, 3)])
        for decoder in (self.decoder, self.interaction_decoder):
            query, _ = decoder.layers[-1].cross_attn.attn(
                query, memory, memory, *self.attention_args,
                **self.attention_kwargs)
        return query


@pytest.mark.parametrize('args, kwargs', [
    ((), dict(need_weights=False)),
    ((None, False), {}),
    ((), dict(average_attn_weights=False)),
])
def test_weights_that_the_model_does_not_ask_for(args, kwargs):
    torch.manual_seed(0)
    model = TinyDetector(args, kwargs).eval()
    query, memory = torch.randn(1, 4, 8), torch.randn(1, 6, 8)
    with torch.no_grad():
        before = model(query, memory)
        with AttentionRecorder(model) as recorder:
            during = model(query, memory)
    torch.testing.assert_close(before, during, rtol=0, atol=1e-6)
    assert recorder.human.shape == recorder.object.shape == (1, 2, 6)
    assert recorder.memory.shape == (1, 4, 6)


def other_attention():
    model = TinyDetector((), {})
    model.interaction_decoder.layers[-1].cross_attn.attn = nn.Linear(8, 8)
    return model


def without_attention():
    model = TinyDetector((), {})
    model.attention_sources = MethodType(HOIDetector.attention_sources, model)
    return model


@pytest.mark.parametrize('make, message', [
    (lambda: nn.Linear(8, 8), 'Linear is no HOIDetector'),
    (without_attention, 'TinyDetector has no attention over the image'),
    (other_attention, 'attention of the model is a Linear'),
])
def test_models_without_attention_to_record(make, message):
    model = make()
    with pytest.raises(TypeError, match=message):
        AttentionRecorder(model).__enter__()
    assert num_hooks(model) == 0
