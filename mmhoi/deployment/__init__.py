# Copyright (c) mmhoi contributors.
"""Models outside PyTorch.

What runs an exported model needs NumPy, Pillow and ONNX Runtime only; what
exports one (`raw_output_model`, `onnx_export`, `onnx_check`) is imported by
name, since it needs torch.
"""
from .onnx_inferencer import ONNXHOIInferencer

__all__ = ['ONNXHOIInferencer']
