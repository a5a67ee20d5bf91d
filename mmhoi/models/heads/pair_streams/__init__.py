# Copyright (c) mmhoi contributors.
from .affordances import VerbBank, affordances
from .box_pair_map import BoxPairMap, box_pair_map
from .box_pair_offsets import BoxPairOffsets
from .class_weights import ClassFrequencyWeights
from .composed_pairs import (ComposedPairs, HOITables, ImageRows, all_composed,
                             joined)
from .pair_rows import PairRows, pair_crops, pair_rows
from .pair_stream import PairStream
from .pair_stream_head import PairStreamHead
from .verb_object_composer import VerbObjectComposer, composed_rows

__all__ = [
    'BoxPairMap', 'BoxPairOffsets', 'ClassFrequencyWeights', 'ComposedPairs',
    'HOITables', 'ImageRows', 'PairRows', 'PairStream', 'PairStreamHead',
    'VerbBank', 'VerbObjectComposer', 'affordances', 'all_composed',
    'box_pair_map', 'composed_rows', 'joined', 'pair_crops', 'pair_rows'
]
