# Copyright (c) mmhoi contributors.
from .verb_object_composer import VerbObjectComposer, composed_rows

__all__ = ['VerbObjectComposer', 'composed_rows']
