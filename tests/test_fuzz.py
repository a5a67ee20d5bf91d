# Copyright (c) mmhoi contributors.
"""A short, always equal run of tests/fuzz/fuzz_readers.py."""
import pytest
from fuzz_readers import READERS, run_case

CASES = 4


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('number', range(len(READERS)))
def test_malformed_files_are_read_or_refused(tmp_path, number):
    for case in range(CASES):
        name, outcome, text = run_case(tmp_path, number + case * len(READERS))
        assert outcome in ('read', 'refused'), f'{name}\n{text}'
    assert name == list(READERS)[number]
