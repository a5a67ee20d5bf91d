# Copyright (c) mmhoi contributors.
from .base import InteractionClassifier
from .linear_verbs import LinearVerbClassifier
from .projected_text_hois import ProjectedTextHOIClassifier
from .text_hois import TextHOIClassifier
from .text_verb_hois import TextVerbHOIClassifier

__all__ = [
    'InteractionClassifier', 'LinearVerbClassifier',
    'ProjectedTextHOIClassifier', 'TextHOIClassifier', 'TextVerbHOIClassifier'
]
