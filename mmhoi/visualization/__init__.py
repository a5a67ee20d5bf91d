# Copyright (c) mmhoi contributors.
from .hoi_local_visualizer import HOILocalVisualizer, hoi_confidences

__all__ = ['HOILocalVisualizer', 'hoi_confidences']
