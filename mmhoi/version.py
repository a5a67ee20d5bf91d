# Copyright (c) mmhoi contributors.
__version__ = '0.1.0'
