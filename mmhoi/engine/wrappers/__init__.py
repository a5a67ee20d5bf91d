# Copyright (c) mmhoi contributors.
from .hoi_fully_sharded import HOIFullyShardedDataParallel

__all__ = ['HOIFullyShardedDataParallel']
