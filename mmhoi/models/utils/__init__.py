# Copyright (c) mmhoi contributors.
from .float32_forward import float32_forward

__all__ = ['float32_forward']
