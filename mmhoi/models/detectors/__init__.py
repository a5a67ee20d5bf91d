# Copyright (c) mmhoi contributors.
from .base import AttentionSources, HOIDetector
from .pair_queries import HumanObjectQueries, SharedQueries
from .query_pairs import QueryPairDetector
from .two_stage import TwoStageHOIDetector

__all__ = [
    'AttentionSources', 'HOIDetector', 'HumanObjectQueries',
    'QueryPairDetector', 'SharedQueries', 'TwoStageHOIDetector'
]
