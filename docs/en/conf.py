# Copyright (c) mmhoi contributors.
project = 'mmhoi'
copyright = 'mmhoi contributors'
extensions = ['myst_parser']
myst_heading_anchors = 3
exclude_patterns = ['_build']
