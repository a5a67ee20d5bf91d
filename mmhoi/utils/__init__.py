# Copyright (c) mmhoi contributors.
from .registry_scope import use_scope
from .version_check import check_versions

__all__ = ['check_versions', 'use_scope']
