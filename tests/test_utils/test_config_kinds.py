# Copyright (c) mmhoi contributors.
import pytest
from tiny_configs import CONFIGS, ROOT

from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.setup_error import SetupError


@pytest.mark.parametrize('text, words', [
    ('model = 3', '`model` is 3, not a dict'),
    ('train_dataloader = "x"', "`train_dataloader` is 'x', not a dict"),
    ('test_dataloader = dict(dataset=dict(pipeline=["a"]))',
     "`test_dataloader.dataset.pipeline.0` is 'a', not a dict"),
    ('default_hooks = dict(checkpoint="x")',
     "`default_hooks.checkpoint` is 'x', not a dict"),
    ('train_cfg = dict(max_epochs="90")',
     "`train_cfg.max_epochs` is '90', not a whole number"),
    ('optim_wrapper = dict(optimizer=dict(lr="1e-4"))',
     "`optim_wrapper.optimizer.lr` is '1e-4', not a number"),
    ('custom_hooks = dict(type="EMAHook")', '`custom_hooks` is a dict, not'),
])
def test_wrong_types(tmp_path, text, words):
    path = tmp_path / 'a.py'
    path.write_text(text)
    with pytest.raises(SetupError, match='a.py') as error:
        load_config_file(path)
    assert words in str(error.value)


def test_our_configs():
    for name in CONFIGS[::8]:
        load_config_file(ROOT / 'configs' / name)
