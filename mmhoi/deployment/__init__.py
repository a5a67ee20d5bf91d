# Copyright (c) mmhoi contributors.
"""Models as single files, which predict without config and checkpoint.

What runs an ONNX file needs NumPy, Pillow, Rich and ONNX Runtime only. What
exports models, and what runs a .pt2 (`torch_inferencer`), is imported by name,
since it needs torch.
"""
from .onnx_inferencer import ONNXHOIInferencer

__all__ = ['ONNXHOIInferencer']
