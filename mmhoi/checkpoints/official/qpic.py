# Copyright (c) mmhoi contributors.
"""Official QPIC checkpoints and ours."""
from .detr import FEATURE_ROWS
from .renaming import Renaming

FAMILY = 'an official QPIC checkpoint'

QPIC = Renaming(
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
