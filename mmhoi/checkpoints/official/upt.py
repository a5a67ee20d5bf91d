# Copyright (c) mmhoi contributors.
"""Official UPT checkpoints and ours."""
import re
from typing import Dict, Iterable, List, Mapping, Optional

import torch
from mmengine.config import ConfigDict
from torch import Tensor

from .detr_detector import DETR_DETECTOR
from .extras import with_extras
from .family import OfficialMethod
from .named_weights import NamedWeights, num_rows
from .renaming import OURS, Renaming, Rows
from .two_stage import check_two_stage, verb_config

DETECTOR, INTERACTIONS = 'detector.', 'interaction_head.'
#: Rows of the interaction head that are the same one to one.
HEAD = Renaming(
    rows=(
        ('box_pair_predictor.', 'classifier.'),
        ('spatial_head.', 'spatial_encoder.'),
        ('comp_layer.attention.output.aggregate.',
         'competitive.self_attn.out_proj.'),
        ('comp_layer.attention.output.norm.', 'competitive.norm1.'),
        ('comp_layer.ffn.ffn.0.', 'competitive.linear1.'),
        ('comp_layer.ffn.ffn.2.', 'competitive.linear2.'),
        ('comp_layer.ffn.norm.', 'competitive.norm2.'),
    ))
_LAYER_ROWS: Rows = (
    ('unary.', 'unary.'),
    ('pairwise.', 'pairwise.'),
    ('aggregate.', 'aggregate.'),
    ('norm.', 'norm1.'),
    ('ffn.ffn.', 'ffn.'),
    ('ffn.norm.', 'norm2.'),
)
_FUSIONS = dict(pair_fusion='mbf', global_fusion='mbf_g')
_LAYERS = r'coop_layer\.mod_enc\.(\d+)\.'
_ATTENTION = re.compile(INTERACTIONS + _LAYERS + r'attn\.\d+\.weight')
#: Configs by the number of verbs; UPT has V-COCO's 24 that are evaluated.
_CONFIGS = {117: 'upt/upt_r50_hico.py', 24: 'upt/upt_r50_vcoco.py'}
_PREDICTOR = INTERACTIONS + 'box_pair_predictor.'


class UPT(OfficialMethod):
    """UPT (https://github.com/fredzzhang/upt), with its DETR.

    Its layers of one head or branch each lie side by side in ours. Of the
    attention's weights the part for box j has no effect, and neither has the
    bias: both are kept for the way back only.
    """

    name = 'upt'
    title = 'an official UPT checkpoint'
    mark = _PREDICTOR
    state_key = 'model_state_dict'
    renaming = Renaming(
        rows=(),
        dropped={
            re.escape(INTERACTIONS) + _LAYERS + r'attn\.\d+\.bias':
            'cancels in the softmax'
        })

    def default_config(self, state_dict: Dict[str, Tensor]) -> str:
        """As in the base class, told from the number of verbs."""
        return verb_config(_CONFIGS, num_rows(state_dict, _PREDICTOR + 'bias'))

    def check_model(self, model_cfg: ConfigDict) -> None:
        """As in the base class: head and detector tell the method."""
        check_two_stage(model_cfg, self.name, 'UPTHead')

    def rename(self, state_dict: Mapping[str, Tensor]) -> Dict[str, Tensor]:
        """Our names, without a check against a config.

        Args:
            state_dict (dict[str, Tensor]): Weights with official names.

        Returns:
            dict[str, Tensor]: Weights of `TwoStageHOIDetector`.

        Raises:
            KeyError: If a parameter is unknown.
        """
        detector = DETR_DETECTOR.rename_all(
            _below(state_dict, DETECTOR), "UPT's DETR")
        head = head_from_official(_below(state_dict, INTERACTIONS))
        others = [
            name for name in state_dict
            if not name.startswith((DETECTOR, INTERACTIONS))
        ]
        if others:
            raise KeyError(f'{len(others)} parameters are not those of '
                           f'{self.title}, the first are {others[:5]}')
        return {**_above(detector, DETECTOR), **_above(head, INTERACTIONS)}

    def to_ours(self, state_dict: Dict[str, Tensor],
                model_cfg: ConfigDict) -> Dict[str, Tensor]:
        """As in the base class."""
        self.check_model(model_cfg)
        return self.rename(state_dict)

    def collect_extras(self, state_dict: Dict[str, Tensor]) -> Dict:
        """As in the base class; also the attention's weights for box j."""
        extras = super().collect_extras(state_dict)
        for name, weight in state_dict.items():
            if _ATTENTION.match(name):
                extras['tensors'][name] = weight.chunk(3, 1)[1]
        return extras

    def to_official(self,
                    state_dict: Dict[str, Tensor],
                    model_cfg: ConfigDict,
                    extras: Optional[Dict] = None) -> Dict[str, Tensor]:
        """As in the base class; what has no effect is zero."""
        detector = DETR_DETECTOR.rename_all(
            _below(state_dict, DETECTOR), 'our DETR', OURS)
        head = head_to_official(_below(state_dict, INTERACTIONS))
        official = {**_above(detector, DETECTOR), **_above(head, INTERACTIONS)}
        if extras is None:
            return official
        kept = dict(extras['tensors'])
        for name in filter(_ATTENTION.match, list(kept)):
            first, _, last = official[name].chunk(3, 1)
            kept[name] = torch.cat([first, kept[name].to(first), last], 1)
        return with_extras(official, dict(extras, tensors=kept))


def head_from_official(head: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Turn the weights of UPT's interaction head into those of `UPTHead`.

    Args:
        head (dict[str, Tensor]): Official weights, names without
            `interaction_head.`.

    Returns:
        dict[str, Tensor]: Ours. What cancels in the attention is left out.

    Raises:
        KeyError: If a parameter is unknown.
    """
    head = NamedWeights(head)
    state: Dict[str, Tensor] = {}
    for ours, theirs in _FUSIONS.items():
        branches = _Branches(head, f'{theirs}.')
        for part in ('weight', 'bias'):
            for layer in ('fc_1', 'fc_2'):
                name = f'{ours}.{layer.replace("_", "")}.{part}'
                state[name] = torch.cat(branches.pop(layer, part))
        state[f'{ours}.fc3.weight'] = torch.cat(
            branches.pop('fc_3', 'weight'), 1)
        state[f'{ours}.fc3_bias'] = torch.stack(branches.pop('fc_3', 'bias'))
    attention = 'comp_layer.attention.attention.'
    for part in ('weight', 'bias'):
        state[f'competitive.self_attn.in_proj_{part}'] = torch.cat([
            head.pop(f'{attention}{name}.{part}')
            for name in ('query', 'key', 'value')
        ])
    numbers = {
        int(match[1])
        for match in map(re.compile(_LAYERS).match, head) if match
    }
    for number in sorted(numbers):
        state.update(_cooperative(head, number))
    state.update(HEAD.rename_all(head, "UPT's head"))
    return state


def _cooperative(head: Dict[str, Tensor], number: int) -> Dict[str, Tensor]:
    """Take one cooperative layer out of an official head."""
    theirs, ours = f'coop_layer.mod_enc.{number}.', f'cooperative.{number}.'
    heads = _Branches(head, theirs)
    # For each head a row for box i, one for box j and one for the pair.
    rows = torch.cat(heads.pop('attn', 'weight')).chunk(3, 1)
    heads.pop('attn', 'bias')
    state = {
        f'{ours}unary_attention': rows[0],
        f'{ours}pair_attention': rows[2],
        f'{ours}message': torch.stack(heads.pop('message', 'weight')),
        f'{ours}message_bias': torch.stack(heads.pop('message', 'bias'))
    }
    layer = {
        name[len(theirs):]: head.pop(name)
        for name in list(head) if name.startswith(theirs)
    }
    renamed = Renaming(_LAYER_ROWS).rename_all(layer, "UPT's layer")
    state.update({ours + name: value for name, value in renamed.items()})
    return state


def head_to_official(head: Mapping[str, Tensor]) -> Dict[str, Tensor]:
    """Turn the weights of `UPTHead` into those of UPT's interaction head.

    Args:
        head (dict[str, Tensor]): Ours, names without `interaction_head.`.

    Returns:
        dict[str, Tensor]: Official weights. What cancels in the attention is
        zero.

    Raises:
        KeyError: If a parameter is unknown.
    """
    head = NamedWeights(head)
    state: Dict[str, Tensor] = {}
    for ours, theirs in _FUSIONS.items():
        biases = head.pop(f'{ours}.fc3_bias')
        _put(state, f'{theirs}.fc_3', 'bias', biases)
        _put(state, f'{theirs}.fc_3', 'weight',
             head.pop(f'{ours}.fc3.weight').chunk(len(biases), 1))
        for layer in ('fc_1', 'fc_2'):
            for part in ('weight', 'bias'):
                name = f'{ours}.{layer.replace("_", "")}.{part}'
                _put(state, f'{theirs}.{layer}', part,
                     head.pop(name).chunk(len(biases)))
    attention = 'comp_layer.attention.attention.'
    for part in ('weight', 'bias'):
        values = head.pop(f'competitive.self_attn.in_proj_{part}').chunk(3)
        for name, value in zip(('query', 'key', 'value'), values):
            state[f'{attention}{name}.{part}'] = value
    number = 0
    while f'cooperative.{number}.message' in head:
        state.update(_cooperative_to_official(head, number))
        number += 1
    state.update(HEAD.rename_all(head, 'our UPTHead', OURS))
    return state


def _cooperative_to_official(head: Dict[str, Tensor],
                             number: int) -> Dict[str, Tensor]:
    """Take one cooperative layer out of our head."""
    theirs, ours = f'coop_layer.mod_enc.{number}.', f'cooperative.{number}.'
    unary, pair, message, bias = (
        head.pop(ours + name) for name in ('unary_attention', 'pair_attention',
                                           'message', 'message_bias'))
    state: Dict[str, Tensor] = {}
    rows = torch.cat([unary, torch.zeros_like(unary), pair], 1)
    _put(state, f'{theirs}attn', 'weight', rows.split(1))
    _put(state, f'{theirs}attn', 'bias', unary.new_zeros(len(unary), 1))
    _put(state, f'{theirs}message', 'weight', message)
    _put(state, f'{theirs}message', 'bias', bias)
    layer = _below(head, ours)
    for name in layer:
        del head[ours + name]
    renamed = Renaming(_LAYER_ROWS).rename_all(layer, 'our layer', OURS)
    state.update(_above(renamed, theirs))
    return state


def _put(state: Dict[str, Tensor], layer: str, part: str,
         values: Iterable[Tensor]) -> None:
    """Weights or biases of all branches, one after the other."""
    for i, value in enumerate(values):
        state[f'{layer}.{i}.{part}'] = value


def _below(state: Mapping[str, Tensor], start: str) -> Dict[str, Tensor]:
    return {
        name[len(start):]: value
        for name, value in state.items() if name.startswith(start)
    }


def _above(state: Mapping[str, Tensor], start: str) -> Dict[str, Tensor]:
    return {start + name: value for name, value in state.items()}


class _Branches:
    """Takes numbered layers out of a state dict."""

    def __init__(self, state_dict: Dict[str, Tensor], start: str) -> None:
        self.state_dict = state_dict
        self.start = start

    def pop(self, layer: str, part: str) -> List[Tensor]:
        """Weights or biases of all branches, in order."""
        found: List[Tensor] = []
        while True:
            name = f'{self.start}{layer}.{len(found)}.{part}'
            # One there must be.
            if found and name not in self.state_dict:
                return found
            found.append(self.state_dict.pop(name))
