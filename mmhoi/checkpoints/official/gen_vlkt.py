# Copyright (c) mmhoi contributors.
"""Official GEN-VLKT checkpoints and ours."""
from typing import Any, Dict

from torch import Tensor

from .renaming import Renaming
from .text_pairs import CLASSIFIER_KEY, PAIR_ROWS, TextPairs, find_split


class GENVLKT(TextPairs):
    """GEN-VLKT (https://github.com/YueLiao/gen-vlkt).

    Its checkpoints have no teacher: prediction does not need it.

    Zero-shot checkpoints have a classifier of all classes for evaluation,
    which was never trained, and neither was its random bias: ours is one
    with `fixed_eval`.
    """

    name = 'gen_vlkt'
    title = 'an official GEN-VLKT checkpoint'
    mark = 'transformer.interaction_decoder.layers.0.'
    decoder_type = 'InteractionDecoder'
    left_out = ('clip_visual.', )
    fixed_eval = True
    has_eval_bias = True
    renaming = Renaming(
        rows=PAIR_ROWS +
        (('hoi_class_fc.', 'bbox_head.interaction_classifier.proj.'), ),
        transformers=(
            ('transformer.encoder.', 'encoder.'),
            ('transformer.instance_decoder.', 'decoder.'),
            ('transformer.interaction_decoder.', 'interaction_decoder.'),
        ))

    def config_stem(self, state_dict: Dict[str, Tensor]) -> str:
        """`gen_vlkt_s_r50` or, with a larger backbone, `gen_vlkt_l_r101`."""
        large = 'backbone.0.body.layer3.22.conv1.weight' in state_dict
        return 'gen_vlkt_l_r101' if large else 'gen_vlkt_s_r50'

    def model_options(self, state_dict: Dict[str, Tensor]) -> Dict[str, Any]:
        """As in the base class; zero-shot models have two classifiers."""
        options = super().model_options(state_dict)
        if find_split(state_dict) is not None:
            options[f'{CLASSIFIER_KEY}.fixed_eval'] = True
        return options
