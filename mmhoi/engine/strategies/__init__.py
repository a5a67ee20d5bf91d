# Copyright (c) mmhoi contributors.
from .hoi_fsdp_strategy import HOIFSDPStrategy

__all__ = ['HOIFSDPStrategy']
