# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.models.layers import CLIPInteractionDecoder, InteractionDecoder

B, Q, D, HW, C = 2, 3, 16, 6, 24


def layer_cfg(width):
    attention = dict(embed_dims=width, num_heads=4, batch_first=True)
    return dict(
        self_attn_cfg=attention,
        cross_attn_cfg=attention,
        ffn_cfg=dict(embed_dims=width, feedforward_channels=32))


@pytest.fixture
def states():
    generator = torch.Generator().manual_seed(0)

    def randn(*shape):
        return torch.randn(*shape, generator=generator)

    mask = torch.zeros(B, HW, dtype=torch.bool)
    mask[1, 4:] = True
    return dict(
        sub_states=randn(2, B, Q, D),
        obj_states=randn(2, B, Q, D),
        memory=randn(B, HW, D),
        memory_pos=randn(B, HW, D),
        memory_mask=mask,
        clip_tokens=randn(B, 5, C),
        clip_proj=torch.eye(C))


def instance_guided():
    return InteractionDecoder(num_layers=2, layer_cfg=layer_cfg(D)).eval()


def knowledge_integrating(**kwargs):
    return CLIPInteractionDecoder(
        num_layers=2, layer_cfg=layer_cfg(C), memory_dims=D, **kwargs).eval()


def changed(decoder, states, key, index, amount=1.):
    """Largest change of each (layer, image) by a change of one input."""
    before = decoder(states)
    value = states[key].clone()
    value[index] += amount
    after = decoder({**states, key: value})
    return (after - before).abs().amax((2, 3))


@pytest.mark.parametrize('make, width', [(instance_guided, D),
                                         (knowledge_integrating, C)])
def test_states_of_every_layer(make, width, states):
    out = make()(states)
    assert out.shape == (2, B, Q, width)
    # The last norm has unit weight and no bias yet.
    torch.testing.assert_close(out.mean(-1), torch.zeros(2, B, Q))


@pytest.mark.parametrize('make', [instance_guided, knowledge_integrating])
def test_all_matrices_start_as_those_of_detr(make):
    """Xavier uniform; those of attention are three in one."""
    decoder = make()
    decoder.init_weights()
    for name, param in decoder.named_parameters():
        if param.dim() > 1:
            bound = (6 / sum(param.shape))**0.5
            assert 0.9 * bound < param.abs().max() <= bound, name


def test_each_layer_is_guided_by_the_same_instance_layer(states):
    change = changed(instance_guided(), states, 'sub_states', 1)
    assert (change[0] == 0).all()
    assert (change[1] > 0).all()


def test_the_guide_is_the_mean_of_both_states(states):
    decoder = instance_guided()
    swapped = {
        **states, 'sub_states': states['obj_states'],
        'obj_states': states['sub_states']
    }
    torch.testing.assert_close(decoder(states), decoder(swapped))


@pytest.mark.parametrize('make, is_padding_seen', [
    (instance_guided, False),
    (knowledge_integrating, True),
    (lambda: knowledge_integrating(mask_padding=True), False),
])
def test_padding(make, is_padding_seen, states):
    change = changed(make(), states, 'memory', (1, slice(4, None)))
    assert (change[:, 0] == 0).all()
    assert bool((change[:, 1] > 0).all()) == is_padding_seen
    inside = changed(make(), states, 'memory', (1, slice(4)))
    assert (inside[:, 1] > 0).all()


def test_other_number_of_layers(states):
    decoder = InteractionDecoder(num_layers=3, layer_cfg=layer_cfg(D))
    with pytest.raises(ValueError, match='num_layers=3, but .* has 2 layers'):
        decoder(states)


def test_states_are_projected_to_the_texts(states):
    decoder = knowledge_integrating()
    before = decoder(states)
    proj = torch.randn(C, 5)
    projected = decoder({**states, 'clip_proj': proj})
    torch.testing.assert_close(projected, before @ proj)


def test_no_clip_tokens(states):
    del states['clip_tokens']
    knowledge_integrating(sources=('memory', ))(states)
    with pytest.raises(KeyError, match='CLIPView'):
        knowledge_integrating()(states)
