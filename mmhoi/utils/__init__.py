# Copyright (c) mmhoi contributors.
from .registry_scope import use_scope
from .version_check import StackError, check_versions

__all__ = ['StackError', 'check_versions', 'use_scope']
