# Copyright (c) mmhoi contributors.
"""Evaluation: `functional` holds pure array functions, `metrics` wraps them.

Nothing is imported here, so that `functional` works without torch.
"""
