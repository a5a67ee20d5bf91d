# Copyright (c) mmhoi contributors.
from .compilation import compile_parts
from .float32_forward import float32_forward
from .inference_speed import prepare_for_inference

__all__ = ['compile_parts', 'float32_forward', 'prepare_for_inference']
