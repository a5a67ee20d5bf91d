# Copyright (c) mmhoi contributors.
from .object_fabricator import ObjectFabricator

__all__ = ['ObjectFabricator']
