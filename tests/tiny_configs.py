# Copyright (c) mmhoi contributors.
"""The repository's configs at sizes that a test can train."""
from pathlib import Path
from typing import List

from mmengine.config import Config, ConfigDict

from mmhoi.setup_env import register_all_modules

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = sorted(
    path.relative_to(ROOT / 'configs').as_posix()
    for path in (ROOT / 'configs').glob('[!_]*/**/*.py'))
WIDTH = 32
NUM_LAYERS = 2
IMAGE_SIZE = 64
#: Widths of the CLIP that comes with the package: image side, tokens, joint.
CLIP_IMAGE_SIZE, CLIP_TOKEN_DIMS, CLIP_DIMS = 96, 144, 128


def read_config(name: str) -> Config:
    """A config by its name below `configs/`."""
    register_all_modules()
    return Config.fromfile(ROOT / 'configs' / name)


def use_mini_clip(model: ConfigDict) -> ConfigDict:
    """Give a model the CLIP that comes with the package."""
    model.clip = dict(model_name='mmhoi-mini', pretrained=None)
    if model.interaction_decoder.type == 'CLIPInteractionDecoder':
        for part in model.interaction_decoder.layer_cfg.values():
            part.embed_dims = CLIP_TOKEN_DIMS
    return model


def tiny_config(name: str, data_root: Path) -> Config:
    """A config with a small model, small images and two images a batch.

    Args:
        name (str): Name below `configs/`.
        data_root (Path): SynHICO in the layout of HICO-DET and V-COCO.

    Returns:
        Config: The config; what does not concern sizes is as it was.
    """
    cfg = read_config(name)
    _shrink_model(cfg.model)
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        _shrink_dataset(loader.dataset, data_root)
        loader.update(batch_size=2, num_workers=0, persistent_workers=False)
    return cfg


def _shrink_dataset(dataset: ConfigDict, data_root: Path) -> None:
    if dataset.type == 'ConcatDataset':
        pairs, objects = dataset.datasets
        _shrink_dataset(pairs, data_root)
        # Objects of the same images.
        objects.dataset = {
            key: pairs[key]
            for key in ('type', 'data_root', 'ann_file', 'data_prefix')
        }
        _shrink_pipeline(objects.pipeline)
        return
    # Serialising collects garbage, which takes longer than a step.
    dataset.update(data_root=str(data_root), serialize_data=False)
    _shrink_pipeline(dataset.pipeline)


def _shrink_model(model: ConfigDict) -> None:
    if model.type == 'TwoStageHOIDetector':
        _shrink_two_stage(model)
        return
    expansion = 1 if model.backbone.depth < 50 else 4
    num_stages = model.backbone.num_stages
    model.backbone.update(base_channels=8, stem_channels=8)
    model.neck.update(
        in_channels=[8 * expansion * 2**(num_stages - 1)], out_channels=WIDTH)
    model.positional_encoding.num_feats = WIDTH // 2
    model.num_queries = 16
    for part in (model.encoder, model.decoder):
        _shrink_layers(part)
    model.bbox_head.embed_dims = WIDTH
    if model.type == 'mmdet.DETR':
        return
    if 'interaction_decoder' in model:
        _shrink_layers(model.interaction_decoder)
        if 'memory_dims' in model.interaction_decoder:
            model.interaction_decoder.memory_dims = WIDTH
    classifier = model.bbox_head.interaction_classifier
    if 'verbs' in classifier:
        classifier.verbs.hidden_dims = WIDTH
    if 'clip' in model:
        use_mini_clip(model)


def _shrink_two_stage(model: ConfigDict) -> None:
    detector = model.detector
    detector.pop('init_cfg')
    _shrink_model(detector)
    # Random weights find pairs if there is no class but humans, and if boxes
    # may lie upon each other.
    detector.bbox_head.num_classes = 1
    sampled = model.get('train_pair_sampler', {}).get('pairs')
    for pairs in [model.pair_proposer, *([sampled] if sampled else [])]:
        if pairs.type == 'DetectionPairs':
            pairs.update(
                sub_score_thr=0.,
                obj_score_thr=0.,
                max_subs=3,
                max_objs=3,
                nms_iou_thr=1.0)
        else:
            pairs.selector.nms_iou_thr = 1.0
    features, head = model.instance_features, model.interaction_head
    if 'in_channels' in features:
        channels = (
            detector.neck.in_channels[-1]
            if features.get('source') == 'backbone' else WIDTH)
        features.update(embed_dims=WIDTH, in_channels=channels)
    if 'crop_layer' in features:
        _shrink_crops(features, detector)
    head.embed_dims = WIDTH
    use_mini_clip_for_words(head)
    if head.type == 'UPTHead':
        head.update(
            global_dims=detector.neck.in_channels[-1],
            pair_dims=WIDTH,
            feedforward_dims=2 * WIDTH)
    if head.type == 'PViCHead':
        head.update(
            in_channels=[detector.neck.in_channels[-1]],
            pair_dims=WIDTH,
            num_heads=4)


def use_mini_clip_for_words(part: ConfigDict) -> None:
    for key, value in part.items():
        if key == 'clip':
            value.update(model_name='mmhoi-mini', pretrained=None)
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict):
                use_mini_clip_for_words(child)


def _shrink_crops(features: ConfigDict, detector: ConfigDict) -> None:
    channels = WIDTH
    if 'backbone' in features:
        features.backbone = detector.backbone
        channels = detector.neck.in_channels[-1]
    features.crop_layer = dict(
        type='TwoMLPHead',
        in_channels=channels * features.roi_size**2,
        representation_size=WIDTH)


def _shrink_layers(part: ConfigDict) -> None:
    part.num_layers = min(part.num_layers, NUM_LAYERS)
    for layer in part.layer_cfg.values():
        layer.embed_dims = WIDTH
        if 'feedforward_channels' in layer:
            layer.feedforward_channels = 2 * WIDTH


def _shrink_pipeline(transforms: List) -> None:
    """Set every absolute size of a pipeline, also of nested ones."""
    for transform in transforms:
        if isinstance(transform, list):
            _shrink_pipeline(transform)
            continue
        _shrink_pipeline(transform.get('transforms', []))
        if 'scale' in transform:
            transform.scale = (IMAGE_SIZE, IMAGE_SIZE)
        if 'scales' in transform:
            transform.scales = [IMAGE_SIZE // 2, IMAGE_SIZE]
        if transform.get('crop_type') == 'absolute_range':
            transform.crop_size = (IMAGE_SIZE // 2, IMAGE_SIZE)
        if transform.type == 'CLIPView':
            transform.size = CLIP_IMAGE_SIZE
