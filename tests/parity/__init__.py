# Copyright (c) mmhoi contributors.
"""Comparison with inputs and outputs of the official implementations."""
