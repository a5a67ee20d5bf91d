# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest
from killed_run import Killed, assert_same_run, lines, load

EARLY_STOPPING = """
train_cfg['max_epochs'] = 5
custom_hooks = [dict(
    type='EarlyStoppingHook', monitor='line/images', rule='greater',
    patience=2)]
"""


@pytest.mark.parametrize('kill', [
    'default_hooks.stop.at=9',
    'default_hooks.stop.in_validation=2',
])
def test_patience_is_restored(train, config, kill):
    config.write_text(config.read_text() + EARLY_STOPPING)
    train('whole')
    # The number of images never grows.
    assert load('whole/epoch_3.pth')['hook_states'] == dict(
        EarlyStoppingHook=dict(
            state=dict(best_score=7., wait_count=1),
            settings=dict(
                monitor='line/images', rule='greater', min_delta=0.1)))
    assert not Path('whole/epoch_4.pth').exists()
    with pytest.raises(Killed):
        train('rest', kill)
    train('rest', args=['--resume'])
    assert not Path('rest/epoch_4.pth').exists()
    assert_same_run('whole', 'rest', 'epoch_3.pth')


def test_patience_with_other_settings_begins_anew(train, config, capfd):
    config.write_text(config.read_text() + EARLY_STOPPING)
    train('rest', 'train_cfg.max_epochs=2')
    capfd.readouterr()
    config.write_text(config.read_text().replace('images', 'mean'))
    train('rest', args=['--resume'])
    assert any(
        'EarlyStoppingHook begins anew: one of its settings monitor' in line
        for line in lines(capfd))
