# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.utils import cores


@pytest.mark.parametrize('quota, expected', [
    ('200000 100000\n', 2),
    ('50000 100000\n', 1),
    ('6400000 100000\n', 8),
    ('max 100000\n', 8),
    (None, 8),
])
def test_what_a_container_gives(tmp_path, monkeypatch, quota, expected):
    path = tmp_path / 'cpu.max'
    if quota:
        path.write_text(quota)
    monkeypatch.setattr(cores, 'QUOTA', path)
    monkeypatch.setattr(
        cores.os, 'sched_getaffinity', lambda _: set(range(8)), raising=False)
    assert cores.usable_cores() == expected
