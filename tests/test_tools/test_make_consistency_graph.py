# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest

from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads.consnet import load_graph
from mmhoi.synthetic import write_synhico

ROOT = Path(__file__).resolve().parents[2]
TOOL = 'misc/make_consistency_graph'


@pytest.fixture(scope='module')
def scenes(tmp_path_factory):
    folder = tmp_path_factory.mktemp('scenes') / 'synhico'
    write_synhico(folder, 8, 2, seed=3, progress=False)
    return folder


def run(run_tool, scenes, config, out, *args):
    loaders = ('train_dataloader', 'test_dataloader')
    return run_tool(
        TOOL, ROOT / f'configs/{config}.py', out, *args, '--device', 'cpu',
        '--cfg-options',
        *(f'{loader}.{option}' for loader in loaders
          for option in (f'dataset.data_root={scenes}', 'num_workers=0',
                         'persistent_workers=False')))


def test_flavours(run_tool, scenes, tmp_path, capsys):
    space, graphs = load_label_space('synhico'), {}
    for flavour in ('strict', 'published'):
        out = str(tmp_path / f'{flavour}.npz')
        assert run(run_tool, scenes, 'consnet/consnet_mini_synhico_rf-uc', out,
                   '--flavour', flavour) == 0
        assert f'flavour "{flavour}"' in capsys.readouterr().out
        graphs[flavour] = load_graph(out, space, 'rf_uc', flavour == 'strict')
    assert not graphs['published'].equal(graphs['strict'])


def test_another_method(run_tool, scenes, tmp_path, capsys):
    assert run(run_tool, scenes, 'upt/upt_mini_synhico',
               tmp_path / 'a.npz') == 1
    assert 'UPTHead has no graph' in capsys.readouterr().err
