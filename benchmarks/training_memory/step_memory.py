# Copyright (c) mmhoi contributors.
"""Peak memory and time of training steps of a config, with random weights.

Run it as a process of its own: on a CPU the peak is that of the process.
"""
import argparse
import statistics
import time
from types import SimpleNamespace

import torch
from mmengine.config import DictAction
from mmengine.device import get_device
from mmengine.optim import build_optim_wrapper
from mmengine.runner.activation_checkpointing import \
    turn_on_activation_checkpointing
from mmengine.structures import InstanceData

from mmhoi.apis.random_model import build_random_model
from mmhoi.engine.hooks import FoldNormsHook, LeanLayersHook
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import HOIDataSample
from mmhoi.utils.process_memory import peak_memory_mb
from mmhoi.utils.run_config import load_config_file

NUM_PAIRS = 3


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('--batch-size', type=int, default=2)
    parser.add_argument(
        '--size',
        type=int,
        nargs=2,
        default=(640, 853),
        metavar=('H', 'W'),
        help='size of the images, pixels (default: 640 853)')
    parser.add_argument(
        '--steps', type=int, default=3, help='steps (default: 3)')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        help='as in tools/train.py, for example model.backbone.with_cp=True')
    return parser.parse_args()


def build_model(cfg):
    """The model as the runner trains it."""
    model = build_random_model(cfg.model)
    if cfg.get('activation_checkpointing'):
        turn_on_activation_checkpointing(model, cfg.activation_checkpointing)
    runner = SimpleNamespace(model=model.to(get_device()).train())
    for hook in (FoldNormsHook(), LeanLayersHook()):
        hook.before_train(runner)
    return model


def make_batch(model, batch_size, height, width):
    """Random images with pairs, as the data loader gives them."""
    classifier = model.bbox_head.interaction_classifier
    samples = []
    for _ in range(batch_size):
        sample = HOIDataSample(
            metainfo=dict(
                img_shape=(height, width), ori_shape=(height, width)))
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=torch.tensor([[10., 10., 200., 300.]] * NUM_PAIRS),
            obj_bboxes=torch.tensor([[90., 90., 300., 280.]] * NUM_PAIRS),
            obj_labels=torch.arange(NUM_PAIRS),
            **{
                classifier.label_field:
                torch.eye(NUM_PAIRS, classifier.num_classes)
            })
        samples.append(sample)
    images = torch.randint(0, 255, (batch_size, 3, height, width))
    inputs = dict(img=list(images.byte()))
    if model.clip_visual is not None:
        side = model.clip_visual.image_size
        inputs['clip_img'] = list(torch.randn(batch_size, 3, side, side))
    return dict(inputs=inputs, data_samples=samples)


def peak_memory():
    """Peak memory in MB: of the GPU, else of this process."""
    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated() / 2**20
    return peak_memory_mb()


def main():
    args = parse_args()
    register_all_modules()
    cfg = load_config_file(args.config, args.cfg_options)
    torch.manual_seed(0)
    model = build_model(cfg)
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    batch = make_batch(model, args.batch_size, *args.size)
    before = peak_memory()
    times = []
    for _ in range(args.steps):
        begin = time.perf_counter()
        losses = model.train_step(batch, wrapper)
        # Reading a loss waits for the GPU.
        assert losses['loss'].isfinite()
        times.append(time.perf_counter() - begin)
    print(f'peak memory {peak_memory():.0f} MB, {before:.0f} MB of it before '
          f'the first step; {statistics.median(times):.2f} s a step (median '
          f'of {args.steps}, {min(times):.2f}..{max(times):.2f})')


if __name__ == '__main__':
    main()
