# Copyright (c) mmhoi contributors.
"""Training of the CLIP that comes with mmhoi, on rendered scenes."""
