# Copyright (c) mmhoi contributors.
"""Our model at the size of a golden file."""
import json
import re
import tempfile
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

from mmengine.config import Config, ConfigDict
from torch import Tensor, nn

from mmhoi.checkpoints.fitting import describe_mismatch, weight_shapes
from mmhoi.checkpoints.official.conversion import import_official
from mmhoi.checkpoints.official.identify import find_family
from mmhoi.checkpoints.official.text_pairs import find_label_space, find_split
from mmhoi.checkpoints.without_weights import without_weights
from mmhoi.label_spaces import load_label_space
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
BASES = {
    'hoiclip': '_base_/models/hoiclip_r50.py',
    'gen_vlkt': '_base_/models/gen_vlkt_r50.py'
}
#: Arguments whose other values have no counterpart here.
REQUIRED = dict(
    dilation=False,
    position_embedding='sine',
    pre_norm=False,
    masks=False,
    with_clip_label=True,
    with_obj_clip_label=True,
    with_rec_loss=False)


def check_args(args: Dict[str, Any], **also: Any) -> None:
    """Refuse settings that our models do not have.

    Args:
        args (dict): The official program's arguments.
        **also: Values that are allowed beside those of `REQUIRED`.

    Raises:
        ValueError: If one has another value.
    """
    for key, value in dict(REQUIRED, **also).items():
        if key in args and args[key] != value:
            raise ValueError(f'args.{key}={args[key]!r} of the golden file '
                             f'has no counterpart here; allowed: {value!r}')


def backbone_depth(args: Dict[str, Any]) -> int:
    """Depth of the ResNet that `args.backbone` names.

    Raises:
        ValueError: If it names something else.
    """
    found = re.fullmatch(r'resnet(50|101|152)', args['backbone'])
    if found is None:
        raise ValueError(f'args.backbone={args["backbone"]!r} of the golden '
                         'file has no counterpart here; allowed: resnet50, '
                         'resnet101, resnet152')
    return int(found[1])


def load_weights(model: nn.Module, state: Dict[str, Tensor]) -> nn.Module:
    """Give a model all of its weights; BatchNorm's counters are ours alone.

    Args:
        model (nn.Module): The model.
        state (dict[str, Tensor]): By our names.

    Returns:
        nn.Module: The model in eval mode.

    Raises:
        ValueError: If weights are missing, unknown or of another shape.
    """
    difference = describe_mismatch(
        weight_shapes(model.state_dict()), weight_shapes(state))
    if difference is not None:
        raise ValueError('weights and arguments of the golden file do not fit '
                         f'each other: {difference}')
    model.load_state_dict(state, strict=False)
    return model.eval()


def golden_model_cfg(args: Dict[str, Any],
                     state_dict: Dict[str, Tensor],
                     clip_model: Optional[str] = None) -> ConfigDict:
    """Config of our model with an official program's settings.

    Args:
        args (dict): The official program's arguments.
        state_dict (dict[str, Tensor]): Official weights; they tell family,
            label space and zero-shot split.
        clip_model (str, optional): Model name of the CLIP. Defaults to None:
            the one of the base config.

    Returns:
        ConfigDict: The entry `model` of a config; it predicts as the raw
        outputs of the official model are post-processed: without pair NMS
        and training-free enhancement.

    Raises:
        ValueError: If a setting has no counterpart here.
    """
    check_args(args, aux_loss=True, verb_loss_type='focal')
    register_all_modules()
    family = find_family(state_dict)
    config = Config.fromfile(CONFIGS / BASES[family.name])
    config.merge_from_dict(family.model_options(state_dict))
    cfg = config.model
    hidden = args['hidden_dim']
    resize(cfg.encoder, args, args['enc_layers'], hidden)
    resize(cfg.decoder, args, args['dec_layers'], hidden)
    if family.name == 'hoiclip':
        width = args.get('clip_dim', 768)
        layers = args.get('inter_dec_layers', args['dec_layers'])
        resize(cfg.interaction_decoder, args, layers, width)
        cfg.interaction_decoder.memory_dims = hidden
        cfg.bbox_head.interaction_classifier.update(
            verb_weight=args['verb_weight'])
        cfg.bbox_head.interaction_classifier.verbs.hidden_dims = len(
            state_dict['inter2verb.layers.0.weight'])
    else:
        resize(cfg.interaction_decoder, args, args['dec_layers'], hidden)
        auxiliary = cfg.bbox_head.auxiliary_losses
        auxiliary.mimic.loss_weight = args['mimic_loss_coef']
        if not args['with_mimic']:
            auxiliary.pop('mimic')
    cfg.neck.out_channels = hidden
    cfg.positional_encoding.num_feats = hidden // 2
    cfg.num_queries = args['num_queries']
    cfg.backbone.depth = backbone_depth(args)
    if clip_model is not None:
        cfg.clip = dict(model_name=clip_model, pretrained='random')
    cfg.bbox_head.update(embed_dims=hidden)
    _set_classes(cfg.bbox_head, args, state_dict)
    cfg.bbox_head.loss_hoi.update(
        pos_weight=args['alpha'],
        neg_weight=1 - args['alpha'],
        loss_weight=args['hoi_loss_coef'])
    # The official matcher multiplies by it twice.
    set_losses(cfg, args, args['set_cost_hoi']**2)
    cfg.test_cfg.update(pair_nms=None, training_free_enhancement=None)
    return cfg


def open_clip_config(clip_cfg: Dict[str, int]) -> Dict[str, Any]:
    """Sizes of a CLIP model as open_clip writes them.

    Args:
        clip_cfg (dict): Sizes as OpenAI's CLIP writes them.

    Returns:
        dict: Content of a model config of open_clip.
    """
    return dict(
        embed_dim=clip_cfg['embed_dim'],
        quick_gelu=True,
        vision_cfg=dict(
            image_size=clip_cfg['image_resolution'],
            layers=clip_cfg['vision_layers'],
            width=clip_cfg['vision_width'],
            # Fixed in OpenAI's code.
            head_width=64,
            patch_size=clip_cfg['vision_patch_size']),
        text_cfg=dict(
            context_length=clip_cfg['context_length'],
            vocab_size=clip_cfg['vocab_size'],
            width=clip_cfg['transformer_width'],
            heads=clip_cfg['transformer_heads'],
            layers=clip_cfg['transformer_layers']))


def build_golden_model(
        content: Dict[str, Any],
        state_dict: Dict[str, Tensor]) -> Tuple[nn.Module, ConfigDict]:
    """Our model with official weights, in eval mode.

    Args:
        content (dict): `args`, `clip_cfg` and, for GEN-VLKT, its teacher's
            `clip_state_dict`.
        state_dict (dict[str, Tensor]): Official weights.

    Returns:
        tuple[nn.Module, ConfigDict]: The model and its config.

    Raises:
        KeyError: If an official parameter is unknown.
        ValueError: If weights and arguments do not fit each other.
    """
    family = find_family(state_dict)
    with tempfile.TemporaryDirectory() as folder:
        clip_file = Path(folder) / 'golden_clip.json'
        clip_file.write_text(json.dumps(open_clip_config(content['clip_cfg'])))
        cfg = golden_model_cfg(content['args'], state_dict, str(clip_file))
        state, _ = import_official(state_dict, family, cfg)
        with without_weights():
            model = MODELS.build(Config(cfg.to_dict())._cfg_dict)
    if family.name == 'gen_vlkt':
        state.update(_teacher(content, model))
    return load_weights(model, state), cfg


def resize(cfg: ConfigDict, args: Dict[str, Any], num_layers: int,
           width: int) -> None:
    """Set the sizes of a transformer.

    Args:
        cfg (dict): Its config; changed in place.
        args (dict): The official program's arguments.
        num_layers (int): Number of layers.
        width (int): Width of the tokens.
    """
    cfg.num_layers = num_layers
    for name, part in cfg.layer_cfg.items():
        part.embed_dims = width
        if name == 'ffn_cfg':
            part.feedforward_channels = args['dim_feedforward']
            part.ffn_drop = args['dropout']
        else:
            part.num_heads = args['nheads']
            part.attn_drop = args['dropout']
            part.dropout_layer.drop_prob = args['dropout']


def _set_classes(head: ConfigDict, args: Dict[str, Any],
                 state_dict: Dict[str, Tensor]) -> None:
    head.label_space = find_label_space(state_dict)
    head.zero_shot_split = find_split(state_dict)
    space = load_label_space(head.label_space)
    background = args['eos_coef']
    head.loss_obj.class_weight = [1.0] * (len(space.object_prompts) - 1) + [
        background
    ]
    for part in ('interaction_classifier', 'obj_classifier'):
        head[part].frozen = args['fix_clip']


def set_losses(cfg: ConfigDict, args: Dict[str, Any],
               class_cost: float) -> None:
    """Set the weights of losses and match costs.

    Args:
        cfg (dict): The entry `model` of a config; changed in place.
        args (dict): The official program's arguments.
        class_cost (float): Weight of the cost of interaction classes.
    """
    head = cfg.bbox_head
    head.loss_obj.loss_weight = args['obj_loss_coef']
    head.loss_bbox.loss_weight = args['bbox_loss_coef']
    head.loss_iou.loss_weight = args['giou_loss_coef']
    weights = dict(
        HOIClassCost=class_cost,
        HOIObjectCost=args['set_cost_obj_class'],
        HOIBBoxL1Cost=args['set_cost_bbox'],
        HOIIoUCost=args['set_cost_giou'])
    for cost in cfg.train_cfg.assigner.match_costs:
        cost.weight = weights[cost.type]
        if cost.type == 'HOIIoUCost':
            cost.absent_object = 'sum'


def _teacher(content: Dict[str, Any], model: nn.Module) -> Dict[str, Tensor]:
    """The weights of GEN-VLKT's frozen CLIP; our own where none are given."""
    state = content.get('clip_state_dict') or {}
    state = state.get('clip_state_dict', state)
    if not state:
        return model.clip_visual.state_dict(prefix='clip_visual.')
    prefix = 'visual.'
    return {
        f'clip_visual.{name}': value
        for name, value in state.items() if name.startswith(prefix)
    }
