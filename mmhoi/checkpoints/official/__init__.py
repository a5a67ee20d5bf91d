# Copyright (c) mmhoi contributors.
"""Checkpoints of the official implementations, and ours."""
