# Copyright (c) mmhoi contributors.
import copy
import warnings
from difflib import get_close_matches
from pathlib import Path
from typing import Callable, Optional

from mmengine.config import Config, ConfigDict
from mmengine.dataset import Compose, pseudo_collate
from mmengine.infer.infer import BaseInferencer
from mmengine.model import revert_sync_batchnorm
from torch import nn

from mmhoi.checkpoints import (build_model, config_of_checkpoint,
                               read_checkpoint)
from mmhoi.models.utils import prepare_for_inference
from mmhoi.utils.run_config import load_config_file
from .box_inputs import takes_boxes, with_given_boxes

# Transforms that read files: the inferencer reads images itself.
LOADERS = ('LoadHOIImage', 'LoadImageFromFile', 'LoadHOIAnnotations',
           'LoadAnnotations')


class ConfigInferencer(BaseInferencer):
    """Model, pipeline and visualizer of an inferencer, from a config.

    Not `mmdet.apis.DetInferencer`: that imports all data sets and
    augmentations of mmdet, a fifth of the time until the first prediction.

    Attributes:
        compile (bool): Whether the model is compiled; set it before
            `__init__`.
        font (str, optional): Font file of the visualizer instead of that of
            the config; to be set as `compile`.
    """

    compile: bool = False
    font: Optional[str] = None

    def _init_model(self,
                    cfg: ConfigDict,
                    weights: Optional[str],
                    device: str = 'cpu') -> nn.Module:
        """Build the model and load the checkpoint."""
        checkpoint = None
        if weights is None:
            warnings.warn('no checkpoint is given (`weights`): the model is '
                          'not trained and its predictions mean nothing')
        else:
            # Mapped: optimizer states, two thirds of a file, are not read.
            checkpoint = read_checkpoint(weights, mapped=True)
        if not cfg:
            cfg.update(config_of_checkpoint(checkpoint))
        model = build_model(cfg.model, checkpoint)
        model.cfg = cfg
        model.dataset_meta = model.hoi_head.label_space.metainfo()
        model = revert_sync_batchnorm(model).to(device)
        return prepare_for_inference(model, compile=self.compile)

    def _init_pipeline(self, cfg: ConfigDict) -> Compose:
        """The test pipeline after the reading of image and annotations."""
        transforms = cfg.test_dataloader.dataset.pipeline
        if takes_boxes(self.model):
            transforms = with_given_boxes(transforms)
        return Compose([
            copy.deepcopy(transform) for transform in transforms
            if transform['type'].split('.')[-1] not in LOADERS
        ])

    def _init_collate(self, cfg: ConfigDict) -> Callable:
        """The model's preprocessor pads, so images of any size go together."""
        return pseudo_collate

    def _init_visualizer(self, cfg: ConfigDict):
        """The visualizer of the config; files are written by this class."""
        visualizer_cfg = copy.deepcopy(
            cfg.get('visualizer', ConfigDict(type='HOILocalVisualizer')))
        visualizer_cfg.vis_backends = None
        if self.font is not None:
            visualizer_cfg.font = self.font
        visualizer = super()._init_visualizer(
            ConfigDict(visualizer=visualizer_cfg))
        visualizer.dataset_meta = self.model.dataset_meta
        return visualizer


def read_model_config(model: str) -> Config:
    """Read a config file, or a config of mmhoi by its name.

    Args:
        model (str): A path, or the name of a file without the ending.

    Returns:
        Config: The config.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If there is none of that name.
    """
    if model.endswith('.py') or Path(model).name != model:
        return load_config_file(model)
    folder = BaseInferencer._get_repo_or_mim_dir('mmhoi')
    return config_of_name(model, Path(folder, 'configs'))


def config_of_name(name: str, folder: Path) -> Config:
    """A config of mmhoi by its name.

    Args:
        name (str): Name of its file without the ending.
        folder (Path): Where mmhoi's configs are.

    Returns:
        Config: The config.

    Raises:
        ValueError: If there is none of that name.
    """
    paths = {path.stem: path for path in folder.glob('[!_]*/**/*.py')}
    if name not in paths:
        close = get_close_matches(name, paths, n=3)
        raise ValueError(
            f'"{name}" is neither a config file nor the name of one of '
            f'mmhoi, such as {", ".join(close) or "hoiclip_r50_hico"}')
    return load_config_file(paths[name])
