# Copyright (c) mmhoi contributors.
from copy import deepcopy

from mmengine.config import Config, ConfigDict
from mmengine.runner import Runner
from torch.utils.data import DataLoader


def annotated_loader(cfg: Config, dataset: ConfigDict) -> DataLoader:
    """Images as tests see them, with annotations in pixels of the input image.

    Args:
        cfg (Config): Of a model; its test pipeline and loader are used.
        dataset (ConfigDict): Which images: a data set of `cfg`.

    Returns:
        DataLoader: Batches of them.
    """
    loader_cfg = deepcopy(cfg.test_dataloader)
    kept = [
        step for step in loader_cfg.dataset.pipeline
        if step.type != 'LoadHOIAnnotations'
    ]
    kept.insert(1, dict(type='LoadHOIAnnotations'))
    loader_cfg.dataset = deepcopy(dataset)
    loader_cfg.dataset.pipeline = kept
    return Runner.build_dataloader(loader_cfg)
