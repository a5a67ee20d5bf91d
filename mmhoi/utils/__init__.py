# Copyright (c) mmhoi contributors.
from .setup_env import register_all_modules, use_scope
from .version_check import check_versions

__all__ = ['check_versions', 'register_all_modules', 'use_scope']
