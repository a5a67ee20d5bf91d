# Copyright (c) mmhoi contributors.
"""Parts of a pair head that classify objects.

Each is built with `embed_dims` (D), `classes` (a `ClassSet`) and `clip` (the
detector's CLIP model or None), and turns object states (..., D) into logits
(..., O + 1), background last; a label space with pairs without object has the
class "no object" before it. `CLASS_ROWS` names its weights with a row for each
class, as :class:`InteractionClassifier` does.
"""
from .linear_objects import LinearObjectClassifier
from .text_objects import TextObjectClassifier

__all__ = ['LinearObjectClassifier', 'TextObjectClassifier']
