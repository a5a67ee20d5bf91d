# Copyright (c) mmhoi contributors.
"""Weights that a golden file describes instead of holding them."""
import pytest
import torch
from parity.check import check_golden
from parity.golden_file import recipe_state_dict
from parity.regenerated_state import VERBS, regenerated_state
from parity.report import Report
from test_parity.made_golden import make_golden

from mmhoi.setup_env import register_all_modules

SEED = 5


def described(content):
    """The same model without weights, as files of full size are."""
    shapes = {
        name: tuple(value.shape)
        for name, value in content['state_dict'].items()
    }
    return dict(
        args=content['args'],
        clip_cfg=content['clip_cfg'],
        recipe=dict(seed=SEED),
        inputs=content['inputs'],
        state_dict_names_shapes=shapes,
        state_dict_overrides={VERBS: content['state_dict'][VERBS]})


@pytest.fixture(scope='module')
def made(tmp_path_factory):
    register_all_modules()
    content = make_golden(
        tmp_path_factory.mktemp('made'), 'hoiclip', 'hico_det', 'uv')
    content['args']['zero_shot_type'] = 'unseen_verb'
    return content


def test_names_and_tables(made):
    state = regenerated_state(Report(), described(made))
    official = made['state_dict']
    assert list(state) == list(official)
    for name in official:
        assert state[name].shape == official[name].shape, name
        if name.startswith('verb2hoi_proj'):
            assert torch.equal(state[name], official[name]), name
    texts = state['visual_projection.weight']
    torch.testing.assert_close(texts.norm(dim=1), torch.ones(len(texts)))


def test_sums_tell_another_seed(made):
    content = described(made)
    shapes = content['state_dict_names_shapes']
    for seed in (SEED, SEED + 1):
        content['state_dict_sum_and_l2norm'] = {
            name: (value.double().sum().item(), value.double().norm().item())
            for name, value in recipe_state_dict(shapes, seed, {},
                                                 False).items()
        }
        report = Report()
        regenerated_state(report, content)
        assert report.ok == (seed == SEED)


def test_verb_embeddings_from_elsewhere(made, tmp_path):
    content = described(made)
    verbs = content['state_dict_overrides'].pop(VERBS)
    torch.save(content, tmp_path / 'full.pt')
    with pytest.raises(ValueError, match='--verb-embeddings'):
        check_golden(tmp_path / 'full.pt')
    torch.save(verbs, tmp_path / 'verb.pth')
    report = check_golden(tmp_path / 'full.pt', tmp_path / 'verb.pth')
    assert not report.failures
