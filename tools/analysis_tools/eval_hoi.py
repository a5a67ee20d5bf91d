# Copyright (c) mmhoi contributors.
"""Evaluate or convert a prediction file: `python -m mmhoi.evaluation`."""
import sys

from mmhoi.evaluation.cli import main
from mmhoi.utils.utf8 import use_utf8

if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
