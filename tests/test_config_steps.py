# Copyright (c) mmhoi contributors.
"""Every config trains and predicts, from its own pipelines on."""
import shutil

import pytest
import torch
from custom_data import write_custom_data
from gradients import names_with_gradient
from mmengine.dataset import pseudo_collate
from mmengine.evaluator import Evaluator
from mmengine.optim import build_optim_wrapper
from mmengine.runner import set_random_seed
from tiny_configs import CONFIGS, tiny_config

from mmhoi.registry import DATASETS, MODELS
from mmhoi.synthetic import write_synhico

# Queries and biases start from zero, so that the first self-attention of a
# DETR decoder has no gradient in the first step.
FIRST_ATTENTION = {
    f'{decoder}.layers.0.{weight}'
    for decoder in ('decoder', 'interaction_decoder')
    for weight in ('self_attn.attn.in_proj_weight',
                   'self_attn.attn.out_proj.weight', 'norms.0.weight')
}


@pytest.fixture(scope='module')
def data_root(tmp_path_factory):
    """SynHICO, with images also where other configs look for them."""
    folder = tmp_path_factory.mktemp('data') / 'synhico'
    write_synhico(folder, 40, 2, size=(96, 96), progress=False, vcoco=True)
    images = folder / 'images'
    (images / 'train2014').symlink_to(images / 'train2015')
    (images / 'val2014').symlink_to(images / 'test2015')
    write_custom_data(folder, folder)
    # Its few test images need not have what the class file asks for.
    (folder / 'test.json').write_text((folder / 'train.json').read_text())
    shutil.rmtree(images / 'test')
    (images / 'test').symlink_to(images / 'train')
    return folder


@pytest.mark.parametrize('name', CONFIGS)
def test_one_step_and_one_prediction(name, data_root):
    cfg = tiny_config(name, data_root)
    set_random_seed(0)
    model = MODELS.build(cfg.model)
    take_one_step(model, cfg)
    with torch.no_grad():
        predict_two_images(model, cfg)


def take_one_step(model, cfg):
    """All that is trained changes, what is frozen does not."""
    before = {
        name: param.detach().clone()
        for name, param in model.named_parameters()
    }
    batch = first_batch(DATASETS.build(cfg.train_dataloader.dataset))
    after = dict(model.named_parameters())
    trained = {name for name in after if after[name].requires_grad}
    reached = names_with_gradient(model)
    model.train()
    losses = model.train_step(batch,
                              build_optim_wrapper(model, cfg.optim_wrapper))
    assert all(loss.isfinite() for loss in losses.values())
    # DistributedDataParallel waits for the gradient of each.
    assert reached == trained
    changed = {name for name in after if not after[name].equal(before[name])}
    assert not changed - trained
    # Stochastic depth may have left out such a block for both images.
    skipped = {name for name in trained if '.keys.blocks.' in name}
    assert not trained - changed - FIRST_ATTENTION - skipped


def predict_two_images(model, cfg):
    """The evaluator of the config takes what the model predicts."""
    dataset = DATASETS.build(cfg.val_dataloader.dataset)
    batch = first_batch(dataset)
    evaluator = Evaluator(cfg.val_evaluator)
    evaluator.dataset_meta = dataset.metainfo
    model.eval()
    evaluator.process(model.test_step(batch), batch)
    assert evaluator.evaluate(size=2)


def first_batch(dataset):
    # Of several parts, the first image of the first two.
    second = len(getattr(dataset, 'datasets', [[0]])[0])
    return pseudo_collate([dataset[i] for i in (0, second)])
