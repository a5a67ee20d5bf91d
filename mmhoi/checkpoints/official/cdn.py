# Copyright (c) mmhoi contributors.
"""Official CDN checkpoints and ours."""
from typing import Any, Dict, Mapping, Optional

from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import load_label_space
from .detr import FEATURE_ROWS
from .extras import with_extras
from .family import OfficialMethod, label_space_of_size
from .named_weights import num_rows
from .renaming import OURS, Renaming

_VERBS = 'verb_class_embed.'
_LARGE = 'backbone.0.body.layer3.22.conv1.weight'


class CDN(OfficialMethod):
    """CDN (https://github.com/YueLiao/CDN).

    The official program does not save the queues of re-weighting.
    """

    name = 'cdn'
    title = 'an official CDN checkpoint'
    mark = 'transformer.interaction_decoder.layers.0.'
    left_out = ('bbox_head.object_reweighting.', 'bbox_head.verb_reweighting.')
    renaming = Renaming(
        rows=FEATURE_ROWS + (
            ('query_embed.', 'queries.embedding.'),
            ('sub_bbox_embed.', 'bbox_head.sub_reg.'),
            ('obj_bbox_embed.', 'bbox_head.obj_reg.'),
            ('obj_class_embed.', 'bbox_head.obj_classifier.'),
            ('matching_embed.', 'bbox_head.matching.'),
            (_VERBS, 'bbox_head.interaction_classifier.'),
        ),
        transformers=(
            ('transformer.encoder.', 'encoder.'),
            ('transformer.decoder.', 'decoder.'),
            ('transformer.interaction_decoder.', 'interaction_decoder.'),
        ))

    def matches(self, state_dict: Mapping[str, Any]) -> bool:
        """As in the base class: GEN-VLKT's decoder, but QPIC's verbs."""
        return super().matches(state_dict) and any(
            name.startswith(_VERBS) for name in state_dict)

    def default_config(self, state_dict: Dict[str, Tensor]) -> str:
        """As in the base class, told from number of verbs and backbone."""
        size = 'l_r101' if _LARGE in state_dict else 's_r50'
        data = _label_space(state_dict).replace('hico_det', 'hico')
        return f'cdn/cdn_{size}_{data}.py'

    def model_options(self, state_dict: Dict[str, Tensor]) -> Dict[str, Any]:
        """As in the base class: whether queries say if they are a pair."""
        if 'matching_embed.weight' not in state_dict:
            return {}
        return {
            'model.bbox_head.loss_matching':
            dict(type='mmdet.CrossEntropyLoss')
        }

    def check_model(self, model_cfg: ConfigDict) -> None:
        """As in the base class: the second decoder tells the method."""
        decoder = model_cfg.get('interaction_decoder') or {}
        found = decoder.get('type')
        if found != 'CascadeInteractionDecoder':
            raise ValueError(
                'a CDN has interaction_decoder.type='
                f'"CascadeInteractionDecoder", but the config has "{found}"; '
                'choose a config of that method with --config')

    def to_ours(self, state_dict: Dict[str, Tensor],
                model_cfg: ConfigDict) -> Dict[str, Tensor]:
        """As in the base class."""
        self.check_model(model_cfg)
        found = _label_space(state_dict)
        wanted = model_cfg.bbox_head.label_space
        if len(load_label_space(wanted).verbs) != len(
                load_label_space(found).verbs):
            raise ValueError(
                f'the checkpoint is one of label space "{found}", the config '
                f'one of "{wanted}"; choose a config of the same with '
                '--config')
        return self.renaming.rename_all(state_dict, self.title)

    def to_official(self,
                    state_dict: Dict[str, Tensor],
                    model_cfg: ConfigDict,
                    extras: Optional[Dict] = None) -> Dict[str, Tensor]:
        """As in the base class."""
        official = self.renaming.rename_all(state_dict, 'our CDN', OURS)
        return with_extras(official, extras)


def _label_space(state_dict: Dict[str, Tensor]) -> str:
    return label_space_of_size('verbs', num_rows(state_dict, f'{_VERBS}bias'))
