# Copyright (c) mmhoi contributors.
"""mmhoi: a toolbox for human-object interaction (HOI) detection."""
from .utils.mmcv_compat import install_mmcv_ext_stand_in
from .utils.version_check import check_stack
from .version import __version__

# Before anything imports what does not work.
check_stack()
# Before anything imports mmdet.models, which dies without `mmcv._ext`.
install_mmcv_ext_stand_in()

__all__ = ['__version__']
