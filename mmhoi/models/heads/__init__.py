# Copyright (c) mmhoi contributors.
from .cdn import CDNHead
from .consnet import ConsNetHead
from .fcl import *  # noqa: F401,F403
from .float32_detr_head import Float32DETRHead
from .functional import *  # noqa: F401,F403
from .interactions import *  # noqa: F401,F403
from .objects import *  # noqa: F401,F403
from .pair_head import PairHead
from .pair_streams import PairStreamHead
from .proposal_head import ProposalHead
from .pvic import PViCHead
from .selection import CombinationScores, PairSelector
from .upt import UPTHead

__all__ = [
    'CDNHead', 'CombinationScores', 'ConsNetHead', 'Float32DETRHead',
    'PViCHead', 'PairHead', 'PairSelector', 'PairStreamHead', 'ProposalHead',
    'UPTHead'
]
