# Copyright (c) mmhoi contributors.
"""Official PViC checkpoints with DETR and ours."""
import re
from typing import Dict, Optional

from mmengine.config import ConfigDict
from torch import Tensor

from .detr_detector import DETR_DETECTOR
from .extras import with_extras
from .family import OfficialMethod
from .named_weights import num_rows
from .renaming import OFFICIAL, OURS, Renaming, Rows
from .two_stage import check_two_stage, verb_config

DETECTOR, INTERACTIONS = 'detector.', 'interaction_head.'
_CLASSIFIER = 'binary_classifier.'
_MARK = 'ho_matcher.'
_ENCODER_ROWS: Rows = (
    ('attn.out_proj.', 'self_attn.out.'),
    ('q_proj.', 'self_attn.query.'),
    ('k_proj.', 'self_attn.key.'),
    ('v_proj.', 'self_attn.value.'),
    ('qpos_proj.', 'self_attn.query_pos.'),
    ('kpos_proj.', 'self_attn.key_pos.'),
    ('ffn.', 'ffn.'),
    ('ln1.', 'norm1.'),
    ('ln2.', 'norm2.'),
)
_ATTENTIONS = dict(q_attn='self_attn', qk_attn='cross_attn')
_PARTS = dict(q='query', k='key', v='value', qpos='query_pos', kpos='key_pos')
_DECODER_ROWS: Rows = tuple(
    (f'{theirs}_{part}_proj.', f'{ours}.{name}.')
    for theirs, ours in _ATTENTIONS.items()
    for part, name in _PARTS.items()) + tuple(
        (f'{theirs}.out_proj.', f'{ours}.out.')
        for theirs, ours in _ATTENTIONS.items()) + (('ffn.', 'ffn.'),
                                                    ('ln1.', 'norm1.'),
                                                    ('ln2.', 'norm2.'),
                                                    ('ln3.', 'norm3.'))
#: Stacks of layers: their names and ours, and the rows below a layer.
_STACKS = (
    ('ho_matcher.encoder.layers.', 'unary_encoder.', Renaming(_ENCODER_ROWS)),
    ('decoder.layers.', 'decoder.', Renaming(_DECODER_ROWS)),
)
_REST = Renaming((
    ('ho_matcher.ref_anchor_head.', 'reference.'),
    ('ho_matcher.spatial_head.', 'spatial_encoder.'),
    ('ho_matcher.mmf.', 'fusion.'),
    ('feature_head.fpn.', 'keys.fpn.'),
    ('feature_head.layers.1.blocks.', 'keys.blocks.'),
    ('decoder.norm.', 'decoder_norm.'),
    (_CLASSIFIER, 'classifier.'),
))
#: Names of the pyramid before torchvision 0.13.
_OLD_FPN = re.compile(
    r'(feature_head\.fpn\.(?:inner|layer)_blocks\.\d+\.)(weight|bias)$')
_INDEX = 'relative_position_index'
_CONFIGS = {117: 'pvic/pvic_r50_hico.py', 24: 'pvic/pvic_r50_vcoco.py'}


class PViC(OfficialMethod):
    """PViC (https://github.com/fredzzhang/pvic), with its DETR."""

    name = 'pvic'
    title = 'an official PViC checkpoint'
    mark = _MARK
    state_key = 'model_state_dict'
    renaming = Renaming(rows=())

    def default_config(self, state_dict: Dict[str, Tensor]) -> str:
        """As in the base class, told from the number of verbs."""
        return verb_config(_CONFIGS, num_rows(state_dict,
                                              _CLASSIFIER + 'bias'))

    def check_model(self, model_cfg: ConfigDict) -> None:
        """As in the base class: head and detector tell the method."""
        check_two_stage(model_cfg, self.name, 'PViCHead')

    def rename(self,
               state_dict: Dict[str, Tensor],
               source: int = OFFICIAL) -> Dict[str, Tensor]:
        """The other names, without a check against a config.

        Args:
            state_dict (dict[str, Tensor]): Weights.
            source (int): Whose names they have, `OFFICIAL` or `OURS`.
                Defaults to `OFFICIAL`.

        Returns:
            dict[str, Tensor]: The same in the same order.

        Raises:
            KeyError: If a parameter is unknown.
        """
        renamed, unknown = {}, []
        for name, value in state_dict.items():
            other = _rename(name, source)
            if other is None:
                unknown.append(name)
            else:
                renamed[other] = value
        if unknown:
            raise KeyError(f'{len(unknown)} parameters are not those of '
                           f'{self.title}, the first are {unknown[:5]}')
        return renamed

    def to_ours(self, state_dict: Dict[str, Tensor],
                model_cfg: ConfigDict) -> Dict[str, Tensor]:
        """As in the base class."""
        self.check_model(model_cfg)
        return self.rename(state_dict)

    def collect_extras(self, state_dict: Dict[str, Tensor]) -> Dict:
        """As in the base class; names of the pyramid are today's."""
        return super().collect_extras({
            _today(name): value
            for name, value in state_dict.items()
        })

    def to_official(self,
                    state_dict: Dict[str, Tensor],
                    model_cfg: ConfigDict,
                    extras: Optional[Dict] = None) -> Dict[str, Tensor]:
        """As in the base class."""
        official = {
            # Converted weights are float32.
            name: value.long() if name.endswith(_INDEX) else value
            for name, value in self.rename(state_dict, OURS).items()
        }
        return with_extras(official, extras)


def _today(name: str) -> str:
    return _OLD_FPN.sub(r'\g<1>0.\2', name)


def _rename(name: str, source: int) -> Optional[str]:
    """The other name of a parameter, None if there is none."""
    starts = ('', INTERACTIONS)
    if name.startswith(DETECTOR):
        other = DETR_DETECTOR.rename(name[len(DETECTOR):], source)
        return None if other is None else DETECTOR + other
    if not name.startswith(starts[source]):
        return None
    other = _rename_head(_today(name[len(starts[source]):]), source)
    return None if other is None else starts[1 - source] + other


def _rename_head(name: str, source: int) -> Optional[str]:
    for *stack, renaming in _STACKS:
        layer = re.match(re.escape(stack[source]) + r'(\d+\.)', name)
        if layer is not None:
            part = renaming.rename(name[layer.end():], source)
            return None if part is None else (
                f'{stack[1 - source]}{layer[1]}{part}')
    return _REST.rename(name, source)
