# Copyright (c) mmhoi contributors.
"""Our PViC and its inputs as a golden file has them."""
import re
from typing import Any, Dict, List, Sequence

from mmengine.config import Config, ConfigDict
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.checkpoints.official.pvic import PViC
from mmhoi.checkpoints.official.renaming import OURS
from mmhoi.models.proposals import pair_indices
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import PairProposals
from .golden_file import Fields
from .model_config import CONFIGS, check_args, load_weights
from .upt_model import HEAD, NUM_HICO_VERBS, set_detector

HUMAN = 0
#: Levels of the pyramid by `args.kv_src`, its finest one.
LEVELS = dict(C5=1, C4=2, C3=3)
#: Whatever `args.nheads` says, which is for DETR and the pairs' decoder.
UNARY_HEADS = 8


def as_upt(content: Dict[str, Any]) -> Fields:
    """Arguments and targets with the names that UPT has for them."""
    args = dict(
        content['args'],
        num_classes=content['args']['num_verbs'],
        human_idx=HUMAN)
    return Fields(dict(content, args=args))


def _count(state: Dict[str, Tensor], start: str) -> int:
    found = {
        match[1]
        for match in (re.match(re.escape(start) + r'(\d+)\.', name)
                      for name in state) if match
    }
    return len(found)


def pvic_config(content: Dict[str, Any]) -> ConfigDict:
    """Config of our model with an official program's settings.

    Args:
        content (dict): A golden file.

    Returns:
        ConfigDict: The entry `model` of a config.
    """
    check_args(content['args'], detector='base')
    register_all_modules()
    cfg = Config.fromfile(CONFIGS / '_base_/models/pvic_r50.py').model
    args, state = content['args'], content['state_dict']
    channels = fpn_channels(state)
    levels = LEVELS.get(args['kv_src'])
    if len(channels) != levels:
        raise ValueError(
            f'args.kv_src={args["kv_src"]!r} of the golden file does not fit '
            f'its weights, whose pyramid has {len(channels)} levels; known '
            f'are {LEVELS}')
    cfg.interaction_head.update(
        embed_dims=len(state['ho_matcher.ref_anchor_head.0.bias']),
        in_channels=channels,
        pair_dims=args['repr_dim'],
        num_heads=args['nheads'],
        num_unary_heads=UNARY_HEADS,
        num_unary_layers=_count(state, 'ho_matcher.encoder.layers.'),
        num_key_layers=args['triplet_enc_layers'],
        num_decoder_layers=args['triplet_dec_layers'],
        loss_hoi=dict(
            type='PriorFocalLoss',
            alpha=args['alpha'],
            gamma=args['gamma'],
            clamp_num_pos=False))
    if args['num_verbs'] != NUM_HICO_VERBS:
        # V-COCO's actions; which ones they are tells the file's own table.
        cfg.interaction_head.update(
            label_space='vcoco', verbs=list(range(args['num_verbs'])))
    cfg.test_cfg.prior_power = args['raw_lambda']
    cfg.pair_proposer.selector.update(
        score_thr=args['box_score_thresh'],
        min_instances=args['min_instances'],
        max_instances=args['max_instances'])
    set_detector(cfg.detector, args)
    cfg.detector.backbone.out_indices = tuple(range(4 - len(channels), 4))
    return cfg


def fpn_channels(state: Dict[str, Tensor]) -> List[int]:
    """Channels of the levels of the pyramid, fine to coarse."""
    levels = {
        int(re.search(r'blocks\.(\d+)\.', name)[1]): value.shape[1]
        for name, value in state.items()
        if name.startswith('feature_head.fpn.inner_blocks.')
        and name.endswith('weight')
    }
    return [levels[i] for i in sorted(levels)]


def build_pvic(content: Dict[str, Any]) -> nn.Module:
    """Our PViC with the weights of a golden file, in eval mode.

    Args:
        content (dict): The file.

    Returns:
        nn.Module: A `TwoStageHOIDetector`; of a head file a `PViCHead`.

    Raises:
        KeyError: If an official parameter is unknown.
    """
    cfg = pvic_config(content)
    state = PViC().rename(content['state_dict'])
    if 'images' not in content['inputs']:
        model = MODELS.build(
            dict(
                train_cfg=cfg.train_cfg,
                test_cfg=cfg.test_cfg,
                **cfg.interaction_head))
        state = {name[len(HEAD):]: value for name, value in state.items()}
    else:
        model = MODELS.build(cfg)
    return load_weights(model, state)


def instances_before_selection(content: Dict[str, Any],
                               image: int) -> InstanceData:
    """Boxes of the detector as the selection of boxes gets them."""
    found = content['detector_results'] if (
        'detector_results'
        in content) else (content['inputs']['detector_results'])
    given = found[image]
    size = content['inputs']['image_sizes_hw'][image].tolist()
    return InstanceData(
        bboxes=given['boxes'],
        labels=given['labels'],
        scores=given['scores'],
        metainfo=dict(img_shape=tuple(size)))


def pvic_inputs(content: Dict[str, Any],
                images: Sequence[int]) -> Dict[str, Any]:
    """Inputs of the head of a file with features, boxes as it gives them."""
    images, given = list(images), content['inputs']
    levels = len(fpn_channels(content['state_dict']))
    return dict(
        **region_inputs(content, images),
        feature_maps=tuple(level[images]
                           for level in given['features'][-levels:]),
        img_sizes=given['image_sizes_hw'][images],
        map_mask=given['feature_masks'][-levels][images])


def region_inputs(content: Dict[str, Any],
                  images: List[int]) -> Dict[str, Any]:
    """Tokens and proposals of the boxes that a file gives."""
    regions = [content['region_props'][i] for i in images]
    return dict(
        tokens=[region['hidden_states'] for region in regions],
        proposals=[
            PairProposals(region['boxes'], region['labels'], region['scores'],
                          *pair_indices(region['labels'] == HUMAN))
            for region in regions
        ])


def official_gradients(head: nn.Module) -> Dict[str, Tensor]:
    """Gradients of a head's parameters by official names, where there are."""
    gradients = {
        HEAD + name: parameter.grad
        for name, parameter in head.named_parameters()
        if parameter.grad is not None
    }
    return PViC().rename(gradients, OURS)


def names_without_gradient(head: nn.Module) -> List[str]:
    """Official names of parameters that no gradient has reached."""
    missing = {
        HEAD + name: parameter
        for name, parameter in head.named_parameters()
        if parameter.grad is None
    }
    return list(PViC().rename(missing, OURS))
