# Copyright (c) mmhoi contributors.
"""What the repository's parity tests have and benchmarks need, too."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'tests'))

from parity.forward_checks import OUTPUTS  # noqa: E402
from parity.golden_file import read_golden  # noqa: E402
from parity.samples import make_sample  # noqa: E402

__all__ = ['OUTPUTS', 'make_sample', 'read_golden']
