# Copyright (c) mmhoi contributors.
"""What training at scale needs: gradients of all, equal in parts."""
from copy import deepcopy

import pytest
import torch
from gradients import gradients
from mmdet.models.backbones.resnet import BasicBlock
from mmengine.optim import OptimWrapper
from mmengine.runner import set_random_seed
from mmengine.runner.activation_checkpointing import \
    turn_on_activation_checkpointing
from test_models.test_detectors.test_query_pairs import make_batch
from tiny_configs import read_config

from mmhoi.registry import MODELS

MINI = ('hoiclip/hoiclip_mini_synhico.py', 'gen_vlkt/gen_vlkt_mini_synhico.py')


@pytest.fixture(scope='module')
def built():
    """Models by the names of their configs."""
    return {}


@pytest.fixture
def make_model(built):
    """A function that makes copies of the model of a config."""

    def make(name):
        if name not in built:
            set_random_seed(0)
            built[name] = MODELS.build(read_config(name).model)
        return deepcopy(built[name]).train()

    return make


def backward(model, batch):
    loss, _ = model.parse_losses(model.loss(*batch))
    loss.backward()


@pytest.mark.parametrize('name', MINI)
@pytest.mark.parametrize('num_pairs', [0, 1])
def test_batches_without_pairs_or_objects(make_model, name, num_pairs):
    """DistributedDataParallel waits for every gradient, whatever the batch."""
    model = make_model(name)
    batch = make_batch(num_pairs, 0)
    for sample in batch[1]:
        sample.gt_hoi_instances.obj_bboxes.zero_()
    backward(model, batch)
    for param_name, grad in gradients(model).items():
        assert grad.isfinite().all(), param_name


def test_accumulation_equals_a_large_batch(make_model):
    # The halves have three pairs each, so that losses are divided alike.
    inputs, samples = make_batch(2, 1, 1, 2)
    changes = []
    for size in (4, 2):
        model = make_model(MINI[0])
        before = deepcopy(dict(model.named_parameters()))
        count = 4 // size
        wrapper = OptimWrapper(
            torch.optim.SGD(model.parameters(), lr=1.0),
            accumulative_counts=count)
        wrapper.initialize_count_status(model, 0, count)
        for start in range(0, 4, size):
            part = slice(start, start + size)
            images = {name: value[part] for name, value in inputs.items()}
            loss, _ = model.parse_losses(model.loss(images, samples[part]))
            wrapper.update_params(loss)
        changes.append({
            name: param.detach() - before[name]
            for name, param in model.named_parameters()
        })
    for name, change in changes[0].items():
        # The 1e-4 that the number of objects is increased by counts twice.
        difference = (changes[1][name] - change).norm()
        assert difference <= 2e-5 * change.norm(), name


def test_activation_checkpointing_leaves_gradients(make_model):
    batch = make_batch(2, 1)
    results = []
    for recompute in (False, True):
        model = make_model(MINI[0])
        # It has to repeat dropout, too, which the mini configs leave out.
        for layer in model.encoder.layers:
            layer.ffn.layers[0][-1].p = 0.1
        if recompute:
            for block in model.backbone.modules():
                if isinstance(block, BasicBlock):
                    block.with_cp = True
            turn_on_activation_checkpointing(
                model, [f'encoder.layers.{i}' for i in range(2)])
        set_random_seed(1)
        backward(model, batch)
        results.append(gradients(model))
    for name, grad in results[0].items():
        torch.testing.assert_close(
            results[1][name], grad, rtol=1e-5, atol=1e-6, msg=name)
