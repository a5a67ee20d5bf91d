# Copyright (c) mmhoi contributors.
"""Evaluate or convert a prediction file: `python -m mmhoi.evaluation`."""
import sys

from mmhoi.evaluation.cli import main

if __name__ == '__main__':
    sys.exit(main())
