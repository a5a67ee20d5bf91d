# Copyright (c) mmhoi contributors.
"""Our UPT and its inputs as a golden file has them."""
from typing import Any, Dict, List, Sequence

import torch
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmengine.config import Config, ConfigDict
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.checkpoints.official.upt import UPT
from mmhoi.models.proposals import pair_indices
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import HOIDataSample, PairProposals
from .model_config import CONFIGS, backbone_depth, check_args, load_weights

#: Start of the names of the head.
HEAD = 'interaction_head.'
NUM_HICO_VERBS = 117


def upt_config(args: Dict[str, Any], global_dims: int) -> ConfigDict:
    """Config of our model with an official program's settings.

    Args:
        args (dict): The official program's arguments.
        global_dims (int): Channels of the feature map.

    Returns:
        ConfigDict: The entry `model` of a config.
    """
    check_args(args)
    register_all_modules()
    cfg = Config.fromfile(CONFIGS / '_base_/models/upt_r50.py').model
    width = args['hidden_dim']
    cfg.interaction_head.update(
        embed_dims=width,
        global_dims=global_dims,
        pair_dims=args['repr_dim'],
        loss_hoi=dict(
            type='PriorFocalLoss',
            alpha=args['alpha'],
            gamma=args['gamma'],
            clamp_num_pos=False))
    if args['num_classes'] != NUM_HICO_VERBS:
        # V-COCO's actions; which ones they are tells the file's own table.
        cfg.interaction_head.update(
            label_space='vcoco', verbs=list(range(args['num_classes'])))
    cfg.train_cfg.assigner.iou_thr = args['fg_iou_thresh']
    cfg.pair_proposer.selector.update(
        score_thr=args['box_score_thresh'],
        min_instances=args['min_instances'],
        max_instances=args['max_instances'],
        human_label=args['human_idx'])
    set_detector(cfg.detector, args)
    return cfg


def set_detector(detector: ConfigDict, args: Dict[str, Any]) -> None:
    """Give a config of DETR an official program's sizes.

    Args:
        detector (ConfigDict): Changed in place.
        args (dict): The official program's arguments.
    """
    width = args['hidden_dim']
    detector.backbone.depth = backbone_depth(args)
    detector.num_queries = args['num_queries']
    detector.neck.out_channels = detector.bbox_head.embed_dims = width
    detector.positional_encoding.num_feats = width // 2
    for part, layers in (('encoder', 'enc_layers'), ('decoder', 'dec_layers')):
        detector[part].num_layers = args[layers]
        for name, layer in detector[part].layer_cfg.items():
            layer.embed_dims = width
            if name == 'ffn_cfg':
                layer.feedforward_channels = args['dim_feedforward']
            else:
                layer.num_heads = args['nheads']


def build_upt(content: Dict[str, Any]) -> nn.Module:
    """Our UPT with the weights of a golden file, in eval mode.

    Args:
        content (dict): The file.

    Returns:
        nn.Module: A `TwoStageHOIDetector`; of a head file an `UPTHead`.

    Raises:
        KeyError: If an official parameter is unknown.
    """
    cfg = upt_config(content['args'], content.get('channels', 2048))
    state = UPT().rename(content['state_dict'])
    if 'channels' in content:
        model = MODELS.build(
            dict(
                train_cfg=cfg.train_cfg,
                test_cfg=cfg.test_cfg,
                **cfg.interaction_head))
        state = {name[len(HEAD):]: value for name, value in state.items()}
    else:
        model = MODELS.build(cfg)
    return load_weights(model, state)


def use_table(head: nn.Module, table: Sequence[Sequence[int]]) -> None:
    """Give a head the verbs of each object that a file has.

    Args:
        head (UPTHead): Changed in place.
        table (Sequence[Sequence[int]]): Verbs of each of the O objects.
    """
    pairs = torch.tensor([(o, v) for o, verbs in enumerate(table)
                          for v in verbs])
    exists = torch.zeros_like(head.classes.exists)
    exists[pairs[:, 0], pairs[:, 1]] = True
    head.classes = head.classes._replace(
        exists=exists,
        hoi_columns=pairs[:, 1],
        hoi_objects=pairs[:, 0],
        hoi_verbs=pairs[:, 1])


def _proposals(region: Dict[str, Tensor], human: int) -> PairProposals:
    """Pairs of given boxes, humans first as the official head has them."""
    order = (region['labels'] != human).argsort(stable=True)
    labels = region['labels'][order]
    return PairProposals(region['boxes'][order],
                         labels, region['scores'][order],
                         *pair_indices(labels == human))


def head_inputs(content: Dict[str, Any],
                images: Sequence[int]) -> Dict[str, Any]:
    """Inputs of the head, with the boxes that the file gives."""
    images = list(images)
    given = content['inputs']
    regions = given.get('region_props') or content['region_props']
    human = content['args']['human_idx']
    if 'features' in given:
        feature_map = given['features']
    else:
        feature_map = content['detector_intermediates']['backbone_layer4']
    return dict(
        tokens=[
            regions[i]['hidden_states'][(regions[i]['labels']
                                         != human).argsort(stable=True)]
            for i in images
        ],
        proposals=[_proposals(regions[i], human) for i in images],
        feature_maps=(feature_map[images], ),
        img_sizes=given['image_sizes_hw'][images])


def golden_samples(content: Dict[str, Any],
                   images: Sequence[int]) -> List[HOIDataSample]:
    """Data samples; each pair of the file has one verb."""
    samples = []
    for i in images:
        size = tuple(content['inputs']['image_sizes_hw'][i].tolist())
        target = content['inputs']['targets'][i]
        scale = target['boxes_h'].new_tensor([*size[::-1], *size[::-1]])
        sample = HOIDataSample(metainfo=dict(img_shape=size, ori_shape=size))
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=bbox_cxcywh_to_xyxy(target['boxes_h']) * scale,
            obj_bboxes=bbox_cxcywh_to_xyxy(target['boxes_o']) * scale,
            verb_labels=nn.functional.one_hot(
                target['labels'], content['args']['num_classes']).float())
        samples.append(sample)
    return samples
