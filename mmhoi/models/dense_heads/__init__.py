# Copyright (c) mmhoi contributors.
from .hoi_head import HOIHead

__all__ = ['HOIHead']
