# Copyright (c) mmhoi contributors.
"""Official QPIC checkpoints and ours."""
from typing import Dict, Optional

from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import load_label_space
from .detr import FEATURE_ROWS
from .extras import with_extras
from .family import OfficialMethod, label_space_of_size
from .named_weights import num_rows
from .renaming import OURS, Renaming


class QPIC(OfficialMethod):
    """QPIC (https://github.com/hitachi-rd-cv/qpic)."""

    name = 'qpic'
    title = 'an official QPIC checkpoint'
    mark = 'verb_class_embed.'
    renaming = Renaming(
        rows=FEATURE_ROWS + (
            ('query_embed.', 'queries.embedding.'),
            ('sub_bbox_embed.', 'bbox_head.sub_reg.'),
            ('obj_bbox_embed.', 'bbox_head.obj_reg.'),
            ('obj_class_embed.', 'bbox_head.obj_classifier.'),
            ('verb_class_embed.', 'bbox_head.interaction_classifier.'),
        ),
        transformers=(
            ('transformer.encoder.', 'encoder.'),
            ('transformer.decoder.', 'decoder.'),
        ))

    def default_config(self, state_dict: Dict[str, Tensor]) -> str:
        """As in the base class, told from the number of verbs."""
        data = _label_space(state_dict).replace('hico_det', 'hico')
        return f'qpic/qpic_r50_{data}.py'

    def check_model(self, model_cfg: ConfigDict) -> None:
        """As in the base class: the parts of the head tell the method."""
        head = model_cfg.get('bbox_head') or {}
        found = (head.get('interaction_classifier') or {}).get('type')
        if found != 'LinearVerbClassifier' or model_cfg.get(
                'interaction_decoder'):
            raise ValueError(
                'a QPIC has bbox_head.interaction_classifier.type='
                '"LinearVerbClassifier" and no interaction_decoder, but the '
                f'config has "{found}"; choose a config of that method with '
                '--config')

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
        official = self.renaming.rename_all(state_dict, 'our QPIC', OURS)
        return with_extras(official, extras)


def _label_space(state_dict: Dict[str, Tensor]) -> str:
    return label_space_of_size('verbs',
                               num_rows(state_dict, 'verb_class_embed.bias'))
