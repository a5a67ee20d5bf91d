# Copyright (c) mmhoi contributors.
from .consnet import ConsNetHead
from .fcl import *  # noqa: F401,F403
from .float32_detr_head import Float32DETRHead
from .functional import *  # noqa: F401,F403
from .interactions import *  # noqa: F401,F403
from .objects import *  # noqa: F401,F403
from .pair_head import PairHead
from .pair_streams import PairStreamHead
from .selection import CombinationScores, PairSelector
from .upt import UPTHead

__all__ = [
    'CombinationScores', 'ConsNetHead', 'Float32DETRHead', 'PairHead',
    'PairSelector', 'PairStreamHead', 'UPTHead'
]
