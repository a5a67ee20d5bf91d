# Copyright (c) mmhoi contributors.
"""A model in PyTorch described for prediction outside PyTorch."""
from typing import Dict, Tuple

from mmengine.config import Config, ConfigDict
from torch import nn

from mmhoi.apis import HOIInferencer
from mmhoi.apis.config_inferencer import LOADERS
from mmhoi.utils.file_hash import weights_sha256
from .model_info import ModelInfo, Preprocessing
from .raw_output_model import check_exportable


def describe_model(inferencer: HOIInferencer) -> ModelInfo:
    """What prediction outside PyTorch has to know of a model.

    Args:
        inferencer (HOIInferencer): With the model.

    Returns:
        ModelInfo: Classes, preprocessing and selection.

    Raises:
        ValueError: If the model cannot become a graph, or the test pipeline
            has other transforms than DETRResize, CLIPView and PackHOIInputs.
    """
    check_exportable(inferencer.model)
    head = inferencer.model.hoi_head
    meta = {
        name: inferencer.dataset_meta[name]
        for name in ('classes', 'verb_classes', 'hoi_classes', 'hoi_texts')
        if name in inferencer.dataset_meta
    }
    return ModelInfo(
        meta=meta,
        hoi_verbs=head.interaction_classifier.hoi_verbs.tolist(),
        preprocessing=_preprocessing(inferencer.model, inferencer.cfg),
        max_per_img=head.select.max_per_img,
        pair_nms=head.select.pair_nms,
        weights=weights_sha256(inferencer.model.state_dict()))


def _preprocessing(model: nn.Module, cfg: Config) -> Preprocessing:
    resize, clip_size = _pipeline_sizes(cfg)
    preprocessor = model.data_preprocessor
    mean, std = (0.0, ) * 3, (1.0, ) * 3
    if preprocessor._enable_normalize:
        mean = preprocessor.mean.flatten().tolist()
        std = preprocessor.std.flatten().tolist()
    short, max_long = resize
    return Preprocessing(
        short=short,
        max_long=max_long,
        to_rgb=preprocessor._channel_conversion,
        mean=mean,
        std=std,
        pad_size_divisor=preprocessor.pad_size_divisor,
        pad_value=preprocessor.pad_value,
        clip_size=clip_size if model.needs_clip_img else None,
        clip_mean=preprocessor.clip_mean.flatten().tolist(),
        clip_std=preprocessor.clip_std.flatten().tolist())


def _pipeline_sizes(cfg: Config) -> Tuple[Tuple, int]:
    """Shorter and longest side of the resize, side of CLIP's view."""
    known: Dict[str, ConfigDict] = {}
    for transform in cfg.test_dataloader.dataset.pipeline:
        name = transform.type.split('.')[-1]
        if name in LOADERS or name == 'PackHOIInputs':
            continue
        if name not in ('DETRResize', 'CLIPView') or name in known:
            raise ValueError(
                f'test pipeline: {name} at this place cannot be exported; '
                'allowed are one DETRResize and then one CLIPView between '
                'loading and PackHOIInputs')
        known[name] = transform
    if list(known) not in (['DETRResize'], ['DETRResize', 'CLIPView']):
        raise ValueError(
            f'test pipeline: {", ".join(known) or "no resize"} cannot be '
            'exported; allowed are DETRResize and then CLIPView')
    scale = known['DETRResize'].scale
    sizes = (scale, None) if isinstance(scale, int) else (min(scale),
                                                          max(scale))
    return sizes, known.get('CLIPView', {}).get('size', 224)
