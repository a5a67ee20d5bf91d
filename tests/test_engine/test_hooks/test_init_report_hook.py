# Copyright (c) mmhoi contributors.
import logging

import pytest
import torch

from mmhoi.engine.hooks import InitReportHook, init_report_hook


@pytest.fixture
def lines(monkeypatch):
    """What the hook says, with its level."""
    lines = []
    monkeypatch.setattr(init_report_hook, 'print_log',
                        lambda words, level, **_: lines.append((level, words)))
    return lines


def load(runner, state):
    InitReportHook().after_load_checkpoint(runner, dict(state_dict=state))
    return state


def test_a_whole_checkpoint_needs_no_words(make_runner, lines):
    runner = make_runner()
    load(runner, dict(runner.model.state_dict()))
    assert not lines


def test_missing_and_unknown_weights_are_told_and_settled(make_runner, lines):
    runner = make_runner()
    own = dict(runner.model.state_dict())
    kept, *missing = own
    given = {kept: torch.full_like(own[kept], 7.), 'head.fc.weight': 1}
    state = load(runner, given)
    (level, words), = lines
    assert level == logging.INFO
    assert words.startswith(f'1 of {len(own)} weights are loaded')
    assert all(name.split('.')[0] in words for name in missing)
    assert words.endswith('not in this model: head.fc (1)')
    assert state.keys() == own.keys() and state[kept].flatten()[0] == 7
    assert all(state[name] is own[name] or (state[name] == own[name]).all()
               for name in missing)


def test_a_checkpoint_of_which_nothing_fits_is_a_warning(make_runner, lines):
    load(make_runner(), dict(other=1))
    assert lines[0][0] == logging.WARNING
