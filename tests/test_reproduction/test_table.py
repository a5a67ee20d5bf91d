# Copyright (c) mmhoi contributors.
"""The tables that come with the package."""
from pathlib import Path

import pytest

from mmhoi.reproduction import load_table, table_names
from mmhoi.reproduction.forms import form_names, load_form
from mmhoi.reproduction.planning import make_plan
from mmhoi.utils.run_config import load_config_file

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
TABLES = [load_table(name) for name in table_names()]


@pytest.mark.parametrize('table', TABLES, ids=table_names())
def test_names_lead_somewhere(table):
    rows = [row.name for row in table.rows]
    settings = {setting.name for setting in table.settings}
    assert len(set(rows)) == len(rows)
    for row in table.rows:
        for other in row.parent, row.weights_of:
            assert other is None or rows.index(other) < rows.index(row.name)
        assert set(row.published) <= settings
        for figures in row.published.values():
            assert all(
                set(one.metrics) <= set(table.metrics) and one.source
                for one in figures)
    assert {name for pair in table.effects for name in pair} <= set(rows)
    for names in table.order, table.trend:
        assert names is None or set(names[0]) <= set(rows)
    assert table.main in table.metrics


@pytest.mark.parametrize('form, lacking', [
    ('mini_synhico', {'uv'}),
    ('r50_hico', {'rf-uc', 'nf-uc', 'uo', 'uc0', 'uv', 'all'}),
])
def test_cells_have_configs(form, lacking):
    plan = make_plan(TABLES, load_form(form), CONFIGS, [0], {})
    assert {cell.setting for cell in plan.lacking} <= lacking
    assert len({run.name for run in plan.runs}) == len(plan.runs)
    shared = [run for run in plan.runs if len(run.places) > 1]
    assert any('ablation-verb' in run.name for run in shared)


def test_a_setting_is_in_the_config_however_it_came_there():
    """One config of each row, with the options that make it a cell."""
    table = load_table('zero-shot')
    plan = make_plan([table], load_form('mini_synhico'), CONFIGS, [0], {})
    for run in plan.runs:
        place = run.places[0]
        if place.setting != 'nf-uc':
            continue
        cfg = load_config_file(run.config, run.all_options)
        model = cfg.model.get('interaction_head') or cfg.model.bbox_head
        data = cfg.train_dataloader.dataset
        data = data.datasets[0] if 'datasets' in data else data
        assert {
            model.zero_shot_split, data.zero_shot_split,
            cfg.val_evaluator.zero_shot_split,
            cfg.test_evaluator.zero_shot_split
        } == {'nf_uc'}
        assert cfg.randomness.seed == 0


def test_other_options_have_runs_of_their_own():
    tables = [load_table('ablation'), load_table('verb-representation')]
    form = load_form('mini_synhico')
    shared = make_plan(tables, form, CONFIGS, [0], {}).runs
    form.rows['arithmetic'] = {'train_cfg.max_epochs': 3}
    apart = make_plan(tables, form, CONFIGS, [0], {}).runs
    assert len(apart) == len(shared) + 1
    name = 'hoiclip_mini_synhico_ablation-verb_verb-representation_seed0'
    assert name in {run.name for run in apart}


def test_forms():
    assert form_names() == ['mini_synhico', 'r50_hico']
    recipe = load_form('mini_synhico').recipe('hoiclip', '5')
    assert recipe['train_cfg.max_epochs'] > 4
    assert load_form('other').recipe('hoiclip', '5') == {}
