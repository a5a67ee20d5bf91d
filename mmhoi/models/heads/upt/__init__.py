# Copyright (c) mmhoi contributors.
from .competitive_layer import CompetitiveLayer
from .cooperative_layer import CooperativeLayer
from .multi_branch_fusion import MultiBranchFusion
from .upt_head import UPTHead

__all__ = [
    'CompetitiveLayer', 'CooperativeLayer', 'MultiBranchFusion', 'UPTHead'
]
