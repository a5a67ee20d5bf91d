# Copyright (c) mmhoi contributors.
from .hoi_local_visualizer import HOILocalVisualizer

__all__ = ['HOILocalVisualizer']
