# Copyright (c) mmhoi contributors.
"""Official GEN-VLKT checkpoints and ours."""
from typing import Dict, Optional, Sequence

from torch import Tensor

from .class_sets import add_biases, join_class_sets, split_class_sets
from .detr import FEATURE_ROWS
from .extras import with_extras
from .renaming import OURS, Renaming, Rows

FAMILY = 'an official GEN-VLKT checkpoint'
#: Our frozen teacher is no part of the official model.
TEACHER = 'clip_visual.'

#: What HOICLIP inherited from GEN-VLKT.
PAIR_ROWS: Rows = FEATURE_ROWS + (
    ('query_embed_h.', 'queries.sub.'),
    ('query_embed_o.', 'queries.obj.'),
    ('pos_guided_embedd.', 'queries.pair.'),
    ('hum_bbox_embed.', 'bbox_head.sub_reg.'),
    ('obj_bbox_embed.', 'bbox_head.obj_reg.'),
    ('obj_class_fc.', 'bbox_head.obj_classifier.proj.'),
    ('obj_visual_projection.', 'bbox_head.obj_classifier.texts.'),
    ('visual_projection.', 'bbox_head.interaction_classifier.texts.'),
    ('eval_visual_projection.',
     'bbox_head.interaction_classifier.texts.eval_'),
    ('logit_scale', 'bbox_head.interaction_classifier.texts.logit_scale'),
    ('obj_logit_scale', 'bbox_head.obj_classifier.texts.logit_scale'),
)

GEN_VLKT = Renaming(
    rows=PAIR_ROWS +
    (('hoi_class_fc.', 'bbox_head.interaction_classifier.proj.'), ),
    transformers=(
        ('transformer.encoder.', 'encoder.'),
        ('transformer.instance_decoder.', 'decoder.'),
        ('transformer.interaction_decoder.', 'interaction_decoder.'),
    ))


def from_official_gen_vlkt(
        state_dict: Dict[str, Tensor],
        train_ids: Optional[Sequence[int]] = None) -> Dict[str, Tensor]:
    """Rename the parameters of an official GEN-VLKT checkpoint.

    Zero-shot checkpoints have a classifier of all classes for evaluation,
    which was never trained, and neither was its random bias: ours is one
    with `fixed_eval`.

    Args:
        state_dict (dict[str, Tensor]): The entry `model` of the checkpoint.
        train_ids (Sequence[int], optional): Seen HOIs of a zero-shot
            checkpoint. Defaults to None: all classes are seen.

    Returns:
        dict[str, Tensor]: State dict of our `HOIDetector`, without the
        teacher `clip_visual`, which prediction does not need.

    Raises:
        KeyError: If a parameter is not known.
        ValueError: If the checkpoint has another number of seen classes.
    """
    renamed = GEN_VLKT.rename_all(state_dict, FAMILY)
    return join_class_sets(renamed, train_ids, fixed_eval=True)


def to_official_gen_vlkt(state_dict: Dict[str, Tensor],
                         train_ids: Optional[Sequence[int]] = None,
                         extras: Optional[Dict] = None) -> Dict[str, Tensor]:
    """Give our GEN-VLKT the parameter names of an official checkpoint.

    Args:
        state_dict (dict[str, Tensor]): Weights of our `HOIDetector`. The
            teacher is left out.
        train_ids (Sequence[int], optional): Seen HOIs of a zero-shot model.
            Defaults to None: all classes are seen.
        extras (dict, optional): Order and data types of an official
            checkpoint, of `collect_extras`. Defaults to None.

    Returns:
        dict[str, Tensor]: State dict of the official model.

    Raises:
        KeyError: If a parameter has no official name.
    """
    state = split_class_sets(state_dict, train_ids, eval_bias=True)
    student = {
        name: value
        for name, value in add_biases(state).items()
        if not name.startswith(TEACHER)
    }
    official = GEN_VLKT.rename_all(student, 'our GEN-VLKT', OURS)
    return with_extras(official, extras)
