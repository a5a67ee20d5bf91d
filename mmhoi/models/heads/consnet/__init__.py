# Copyright (c) mmhoi contributors.
from .box_pair_layout import box_pair_layout
from .class_means import ClassMeans, annotation_features
from .consistency_edges import consistency_edges
from .consistency_graph import ConsistencyGraph
from .consnet_head import ConsNetHead
from .graph_attention import GraphAttention
from .graph_file import load_graph, save_graph
from .node_words import NodeWords, clip_node_words, load_node_words
from .visual_streams import BoxPairStream, BoxStream

__all__ = [
    'BoxPairStream', 'BoxStream', 'ClassMeans', 'ConsNetHead',
    'ConsistencyGraph', 'GraphAttention', 'NodeWords', 'annotation_features',
    'box_pair_layout', 'clip_node_words', 'consistency_edges', 'load_graph',
    'load_node_words', 'save_graph'
]
