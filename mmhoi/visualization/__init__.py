# Copyright (c) mmhoi contributors.
from .attention import AttentionRecorder
from .attention_panel import draw_attention_panel
from .hoi_local_visualizer import HOILocalVisualizer

__all__ = ['AttentionRecorder', 'HOILocalVisualizer', 'draw_attention_panel']
