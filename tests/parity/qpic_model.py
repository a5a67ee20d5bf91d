# Copyright (c) mmhoi contributors.
"""QPIC or CDN at the size of a golden file, and its images."""
from typing import Any, Dict, List, Tuple

import torch
from mmengine.config import Config, ConfigDict
from torch import Tensor, nn

from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.checkpoints.official.renaming import Renaming
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import HOIDataSample
from .golden_file import Fields
from .model_config import (CONFIGS, backbone_depth, check_args, load_weights,
                           resize, set_losses)
from .samples import make_sample

#: What CDN's program calls the classes that it weighs, and we do.
REWEIGHTED = dict(obj='object', verb='verb')
VERB_LOSSES = 'focal', 'bce'
#: Label spaces by the numbers of classes of objects and verbs.
LABEL_SPACES = {(80, 117): 'hico_det', (81, 29): 'vcoco'}


def qpic_config(args: Dict[str, Any]) -> ConfigDict:
    """Config of our model with an official program's settings.

    Args:
        args (dict): The official program's arguments.

    Returns:
        ConfigDict: The entry `model` of a config.

    Raises:
        ValueError: If a setting has no counterpart here.
    """
    check_args(args)
    register_all_modules()
    is_cdn = 'dec_layers_hopd' in args
    base = 'cdn_s_r50' if is_cdn else 'qpic_r50'
    cfg = Config.fromfile(CONFIGS / f'_base_/models/{base}.py').model
    hidden = args['hidden_dim']
    resize(cfg.encoder, args, args['enc_layers'], hidden)
    if is_cdn:
        resize(cfg.decoder, args, args['dec_layers_hopd'], hidden)
        resize(cfg.interaction_decoder, args, args['dec_layers_interaction'],
               hidden)
    else:
        resize(cfg.decoder, args, args['dec_layers'], hidden)
    cfg.neck.out_channels = hidden
    cfg.positional_encoding.num_feats = hidden // 2
    cfg.num_queries = args['num_queries']
    cfg.backbone.depth = backbone_depth(args)
    cfg.bbox_head.update(embed_dims=hidden, label_space=_label_space(args))
    cfg.bbox_head.loss_obj.bg_cls_weight = args['eos_coef']
    verb_loss = args['verb_loss_type']
    if verb_loss not in VERB_LOSSES:
        raise ValueError(f'args.verb_loss_type={verb_loss!r} of the golden '
                         f'file is unknown; known are {VERB_LOSSES}')
    if verb_loss == 'bce':
        cfg.bbox_head.loss_hoi = dict(type='InteractionMeanBCELoss')
    cfg.bbox_head.loss_hoi.loss_weight = args['verb_loss_coef']
    set_losses(cfg, args, args['set_cost_verb_class'])
    if is_cdn:
        add_cdn(cfg, args)
    return cfg


def add_cdn(cfg: ConfigDict, args: Dict[str, Any]) -> None:
    """Set what only CDN has.

    Args:
        cfg (dict): The entry `model` of a config; changed in place.
        args (dict): The official program's arguments.
    """
    cfg.test_cfg.pair_nms = None
    if args['freeze_mode']:
        cfg.frozen = ['backbone', 'neck', 'encoder', 'queries']
    if args['verb_loss_type'] == 'focal':
        cfg.bbox_head.loss_hoi.update(
            pos_weight=args['alpha'], neg_weight=1 - args['alpha'])
    for kind in ('obj', 'verb'):
        if args[f'{kind}_reweight']:
            cfg.bbox_head[f'{REWEIGHTED[kind]}_reweighting'] = dict(
                queue_size=int(args['queue_size']),
                power=args[f'p_{kind}'],
                static=args['use_static_weights'])
    if args['use_matching']:
        cfg.bbox_head.loss_matching = dict(
            type='mmdet.CrossEntropyLoss',
            loss_weight=args['matching_loss_coef'])
        cfg.train_cfg.assigner.match_costs.append(
            dict(type='PairnessCost', weight=args['set_cost_matching']))


def _label_space(args: Dict[str, Any]) -> str:
    """COCO's objects, with or without "no object", tell the data set."""
    sizes = args['num_obj_classes'], args['num_verb_classes']
    if sizes not in LABEL_SPACES:
        raise ValueError(
            f'args.num_obj_classes={sizes[0]} and args.num_verb_classes='
            f'{sizes[1]} of the golden file are of no known data set; known '
            f'are {LABEL_SPACES}')
    return LABEL_SPACES[sizes]


def renaming_of(content: Dict[str, Any]) -> Renaming:
    """Official names and ours of a file's method."""
    return FAMILIES[content['method']].renaming


def build_qpic(content: Dict[str, Any]) -> nn.Module:
    """Our QPIC with the weights of a golden file, in eval mode.

    Args:
        content (dict): The file.

    Returns:
        nn.Module: The model.

    Raises:
        KeyError: If an official parameter is unknown.
    """
    model = MODELS.build(qpic_config(content['args']))
    state = renaming_of(content).rename_all(content['state_dict'],
                                            content['method'])
    if not content['args']['aux_loss']:
        # No setting of ours: all layers are trained.
        model.bbox_head.register_forward_hook(_last_layer)
    return load_weights(model, state)


def _last_layer(head: nn.Module, args: Tuple[Tensor, ...],
                outputs: Dict[str, Tensor]) -> Dict[str, Tensor]:
    return {name: value[-1:] for name, value in outputs.items()}


def qpic_samples(content: Dict[str, Any],
                 targets: List[Dict[str, Tensor]] = None,
                 dtype: torch.dtype = torch.float32) -> List[HOIDataSample]:
    """Data samples of the batch.

    Args:
        content (dict): The file.
        targets (list[dict], optional): Annotations of the images. Defaults to
            None: those of the batch.
        dtype (torch.dtype): Of boxes and labels. Defaults to float32.

    Returns:
        list[HOIDataSample]: With `gt_hoi_instances`.
    """
    inputs = content['inputs']
    samples = []
    for i, target in enumerate(targets or inputs['targets']):
        target = Fields(
            {
                name: value.to(dtype) if value.is_floating_point() else value
                for name, value in target.items()
            }, getattr(target, 'place', ''))
        samples.append(
            make_sample(
                inputs['images'].shape[-2:],
                [int(x) for x in inputs['image_sizes_hw'][i]],
                [int(x) for x in inputs['orig_sizes'][i]],
                target,
                label_field='verb_labels'))
    return samples
