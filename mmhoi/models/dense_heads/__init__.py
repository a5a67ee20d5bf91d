# Copyright (c) mmhoi contributors.
from .float32_detr_head import Float32DETRHead
from .hoi_head import HOIHead

__all__ = ['Float32DETRHead', 'HOIHead']
