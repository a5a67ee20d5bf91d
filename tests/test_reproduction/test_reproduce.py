# Copyright (c) mmhoi contributors.
"""The whole of it, with a program that only writes metrics."""
import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRAINER = ROOT / 'tests' / 'fake_trainer.py'
ABLATION = ('hoiclip_x_ablation-base_seed0', 'hoiclip_x_ablation-clip_seed0',
            'hoiclip_x_ablation-verb_seed0', 'hoiclip_x_tested_seed0')


def logs():
    return {
        p.parent.name: p.read_text()
        for p in Path('out').glob('runs/*/train.log')
    }


def read(path):
    return json.loads(Path('out', path).read_text())


def test_runs_reports_and_skips(tool, capsys):
    assert tool('ablation') == 0
    printed = capsys.readouterr().out
    assert 'ablation: integration all: no config hoiclip_x_ablation-integr' \
        in printed
    assert '4 to run' in printed and '[4/4] begins' in printed
    record = read('ablation/base_all_seed0.json')
    assert record['metrics']['last'] == dict(
        step=2,
        **{
            'hico/unseen': 20.,
            'hico/seen': 21.,
            'hico/full': 22.,
            'hico/rare': 23.,
            'hico/non_rare': 24.
        })
    assert record['command'].startswith('python ')
    assert record['config'] == 'configs/some/hoiclip_x_ablation-base.py'
    assert {
        'recipe', 'data', 'weights', 'commits', 'versions', 'processor',
        'seconds', 'seed'
    } <= set(record)
    own = read('ablation.json')['own']['all']
    # The weights of "verb", tested otherwise.
    assert own['free']['hico/full']['mean'] == 25.
    assert own['clip']['hico/full'] == dict(mean=25., std=None, values=[25.])
    before = logs()
    # Results are enough: committed ones have no work dirs.
    os.rename('out/runs', 'elsewhere')
    assert tool('ablation') == 0
    assert '4 runs are done, 0 go on, 0 to run' in capsys.readouterr().out
    assert sorted(before) == list(ABLATION) and not logs()


def test_tables_share_a_run(tool):
    assert tool('ablation', '--rows', 'verb') == 0
    assert tool('verb-representation') == 0
    assert list(logs()) == ['hoiclip_x_ablation-verb_seed0']
    one, other = (
        read(f'{name}_all_seed0.json')
        for name in ('ablation/verb', 'verb-representation/arithmetic'))
    places = dict(table=0, row=0)
    assert {**one, **places} == {**other, **places}


def test_a_result_that_was_not_written(tool, capsys):
    assert tool('ablation', '--rows', 'base') == 0
    before = read('ablation/base_all_seed0.json')
    Path('out/ablation/base_all_seed0.json').unlink()
    assert tool('ablation', '--rows', 'base') == 0
    assert '1 go on' in capsys.readouterr().out
    after = read('ablation/base_all_seed0.json')
    assert after.pop('seconds') > before.pop('seconds')
    assert after == before


def test_long_runs_are_told_of(tool, monkeypatch, capsys):
    monkeypatch.setattr('mmhoi.reproduction.running.TELL_SECONDS', 0.)
    assert tool('ablation', '--rows', 'base') == 0
    assert '    ablation base all seed 0: begins' in capsys.readouterr().out


def test_seeds_have_mean_and_deviation(tool):
    tool('low-data', '--seeds', 0, 1, 2, '--settings', 100, 25)
    text = Path('out/low-data.md').read_text()
    assert '| HOICLIP | 25.00 ± 1.00 |' in text
    assert '| 34.69 |' in text and 'theirs (HICO-DET)' in text
    agreement = read('low-data.json')['agreement']
    assert [e['verdict'] for e in agreement['effects']] == ['shows', 'shows']
    assert agreement['trend']['gains'] == {'100': 4., '25': 4.}


def test_failed_runs_are_told_and_tried_again(tool, behave, capsys):
    behave(**{ABLATION[1]: 'fail', ABLATION[2]: 'short'})
    assert tool('ablation', '--jobs', 2) == 1
    printed = capsys.readouterr().out
    assert 'FAILED with status 1' in printed
    assert 'error: the loss is NaN' in printed
    assert 'it ended without hico/full of its last step, 2' in printed
    assert '3 of 4 runs have failed' in printed
    assert 'base' in read('ablation.json')['own']['all']
    behave()
    assert tool('ablation') == 0
    assert '1 runs are done, 2 go on, 1 to run' in capsys.readouterr().out
    assert 'Epoch 2, from 1' in logs()[ABLATION[2]]


def test_weights_of_another_row(tool, behave, capsys):
    behave(**{ABLATION[2]: 'fail'})
    assert tool('ablation', '--rows', 'free', '--jobs', 2) == 1
    printed = capsys.readouterr().out
    assert 'FAILED: ablation free all seed 0: it needs ablation verb all ' \
        'seed 0' in printed
    behave()
    assert tool('ablation', '--rows', 'free') == 0
    Path('out/ablation/free_all_seed0.json').unlink()
    Path('out/runs', ABLATION[2], 'epoch_2.pth').unlink()
    assert tool('ablation', '--rows', 'free') == 1
    assert 'delete out/ablation/verb_all_seed0.json' in \
        capsys.readouterr().err


def test_full_disk_is_one_line(tool, behave, capsys):
    behave(**{ABLATION[1]: 'full'})
    assert tool('ablation') == 1
    captured = capsys.readouterr()
    assert captured.err.count('\n') == 1
    assert 'no space is left in "out"' in captured.err
    assert ABLATION[2] not in logs()
    behave()
    assert tool('ablation') == 0


def test_full_disk_for_results(tool, monkeypatch, capsys):

    def fail(*args, **kwargs):
        raise OSError(errno.ENOSPC, 'No space left on device', 'a.json')

    with monkeypatch.context() as patch:
        patch.setattr('mmhoi.reproduction.records.write_json', fail)
        assert tool('ablation', '--rows', 'base') == 1
    assert capsys.readouterr().err == (
        'error: no space is left in "out": free some and give the same '
        'command again, which goes on with what was interrupted\n')
    assert tool('ablation', '--rows', 'base') == 0


@pytest.mark.parametrize('change, said', [
    (lambda: dict(epochs=3), 'another recipe (train_cfg.max_epochs is 2 '
     'there and 3 here)'),
    (lambda: Path('data/test.json').write_text('[1]') and {},
     'another data set (data/test.json)'),
    (lambda: Path('configs/some/hoiclip_x_ablation-base.py').open('a').write(
        'randomness = dict(seed=3)\nval_cfg = dict(fp16=True)') and {},
     'another recipe'),
])
def test_nothing_is_mixed(tool, change, said, capsys):
    args = 'ablation', '--rows', 'base'
    assert tool(*args) == 0
    more = change()
    assert tool(*args, **more) == 1
    error = capsys.readouterr().err
    assert 'out/ablation/base_all_seed0.json" is of ' + said in error
    assert '--out' in error and '--rerun' in error
    assert tool(*args, '--rerun', **more) == 0
    assert len(list(Path('out/runs').iterdir())) == 2
    # Once made, --rerun has nothing to do.
    capsys.readouterr()
    assert tool(*args, '--rerun', **more) == 0
    assert '1 runs are done' in capsys.readouterr().out


def test_dry_run_tells_of_other_recipes(tool, capsys):
    assert tool('ablation', '--rows', 'base') == 0
    assert tool('ablation', '--dry-run', epochs=3) == 0
    assert 'note: "out/ablation/base_all_seed0.json" is of another recipe' \
        in capsys.readouterr().out


def test_begun_runs_of_another_recipe_are_not_resumed(tool, behave, capsys):
    behave(**{ABLATION[0]: 'short'})
    args = 'ablation', '--rows', 'base'
    assert tool(*args) == 1
    assert tool(*args, epochs=3) == 1
    assert f'{ABLATION[0]}/reproduce.json" is of another recipe' in \
        capsys.readouterr().err


def test_a_work_dir_in_use_fails_alone(tool, monkeypatch, capsys):
    monkeypatch.setattr('mmhoi.reproduction.running._SECONDS_TO_LEAVE', 0.)
    folder = Path('out/runs', ABLATION[0])
    folder.mkdir(parents=True)
    code = ('import sys; from mmhoi.utils.folder_lock import lock_folder; '
            f'lock = lock_folder({str(folder)!r}); print(1, flush=True); '
            'sys.stdin.read()')
    other = subprocess.Popen([sys.executable, '-c', code],
                             stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE,
                             env={
                                 **os.environ, 'PYTHONPATH': str(ROOT)
                             })
    other.stdout.readline()
    assert tool('ablation') == 1
    other.communicate()
    printed = capsys.readouterr().out
    assert 'FAILED: ablation base all seed 0: process' in printed
    assert '1 of 4 runs have failed' in printed
    assert len(read('ablation.json')['own']['all']) == 3


def test_runs_that_never_began_are_of_no_recipe(tool, behave):
    behave(**{ABLATION[0]: 'full'})
    assert tool('ablation') == 1
    assert tool('ablation', '--rows', 'clip', epochs=3) == 0


def test_work_dirs_of_others_are_not_resumed(tool, capsys):
    folder = Path('out/runs', ABLATION[0])
    folder.mkdir(parents=True)
    (folder / 'epoch_1.pth').touch()
    assert tool('ablation') == 1
    assert 'this tool has not begun' in capsys.readouterr().err


def test_what_does_not_matter_is_not_another_recipe(tool, capsys):
    assert tool('ablation') == 0
    assert tool(
        'ablation',
        options=[
            'train_dataloader.num_workers=0', 'default_hooks.logger.interval=9'
        ]) == 0
    assert '4 runs are done' in capsys.readouterr().out


def test_results_of_other_rows_are_left_out(tool, capsys):
    assert tool('ablation') == 0
    assert tool('ablation', '--rows', 'base', '--rerun', epochs=3) == 0
    assert 'left out of ablation, as of another recipe or data set: clip' in \
        capsys.readouterr().out
    assert list(read('ablation.json')['own']['all']) == ['base']
    # As they are, they do not fit together.
    assert tool('ablation', '--report-only') == 1
    assert 'given differs' in capsys.readouterr().err


def test_other_commits_are_told(tool, place, capsys):
    git = [
        'git', '-C',
        str(place), '-c', 'user.name=a', '-c', 'user.email=a@b.c'
    ]
    for args in ['init', '-q'], ['add', 'configs'], ['commit', '-qm', '1']:
        subprocess.run([*git, *args], check=True)
    assert tool('ablation', '--rows', 'base') == 0
    subprocess.run([*git, 'commit', '-qm', '2', '--allow-empty'], check=True)
    capsys.readouterr()
    assert tool('ablation') == 0
    assert 'note: 1 runs are of commit' in capsys.readouterr().out
    text = Path('out/ablation.md').read_text()
    assert '**Results of several commits are in this table.**' in text
    assert len(read('ablation.json')['made_with']['commits']) == 2


def test_report_of_results_alone(tool, capsys):
    assert tool('ablation', '--report-only') == 0
    assert 'has no results yet' in capsys.readouterr().out
    assert tool('ablation') == 0
    for name in 'md', 'json':
        Path(f'out/ablation.{name}').unlink()
    Path('data/test.json').unlink()
    Path('out/ablation/clip_all_seedx.json').write_text('no seed')
    assert tool('ablation', '--report-only') == 0
    assert Path('out/ablation.md').exists()


@pytest.mark.parametrize('change, said', [
    (lambda text: text[:99], 'delete it'),
    (lambda text: '[]', 'is no result of this tool'),
    (lambda text: text.replace('"step": 2', '"step": "a"'), 'is no result'),
    (lambda text: text.replace('"clean"', '"cleaned"'), 'is no result'),
    (lambda text: text.replace('"row": "base"', '"row": "clip"'),
     "is the result of ['ablation', 'clip', 'all', 0]"),
])
def test_damaged_results(tool, change, said, capsys):
    assert tool('ablation', '--rows', 'base') == 0
    path = Path('out/ablation/base_all_seed0.json')
    path.write_text(change(path.read_text()))
    for more in [], ['--report-only'], ['--dry-run']:
        assert tool('ablation', *more) == 1
        error = capsys.readouterr().err
        assert str(path) in error and said in error


def test_dry_run_writes_nothing(tool, capsys):
    Path('data/test.json').unlink()
    assert tool('all', '--dry-run') == 0
    printed = capsys.readouterr().out
    assert 'to run: ablation verb all seed 0; verb-representation' in printed
    assert '.py --resume --work-dir out/runs/gen_vlkt_x_seed0' in printed
    assert 'verb_seed0/epoch_2.pth --work-dir' in printed
    assert 'left out, as gen_vlkt' not in printed
    assert not Path('out').exists()


@pytest.mark.parametrize('args, said', [
    (['low-dat'], 'did you mean `low-data`'),
    (['ablation', '--rows', 'bas'], 'did you mean `base`'),
    (['ablation', '--settings', 'uo'], 'allowed: all'),
    (['ablation', '--seeds'], 'expected at least one argument'),
    (['ablation', '--seeds', '0', '1', '0'], '0 is negative or given twice'),
    (['ablation', '--seeds', '-1'], '-1 is negative'),
    (['ablation', '--jobs', '0'], '--jobs 0: at least 1'),
    (['ablation', '--report-only', '--dry-run'], 'give one of them'),
    (['zero-shot', '--settings', 'uv'], 'Known suffixes: mini_synhico'),
])
def test_bad_input(tool, args, said, capsys):
    try:
        status = tool(*args)
    except SystemExit as stop:
        status = stop.code
    assert status in (1, 2)
    assert said in capsys.readouterr().err
    assert not Path('out').exists()


@pytest.mark.parametrize('name', ['ablation.md', 'ablation.json'])
def test_files_of_others_are_not_replaced(tool, name, capsys):
    Path('out').mkdir()
    Path('out', name).write_text('[]')
    for more in [], ['--report-only']:
        assert tool('ablation', *more) == 1
        assert 'would be replaced' in capsys.readouterr().err
    assert Path('out', name).read_text() == '[]' and not logs()


def test_missing_data(tool, capsys):
    Path('data/test.json').unlink()
    assert tool('ablation') == 1
    assert '"data/test.json", which hoiclip_x_ablation-base names, does ' \
        'not exist' in capsys.readouterr().err


@pytest.fixture
def started(place, behave):
    """A tool in a process of its own whose run waits after an epoch."""
    behave(**{ABLATION[0]: 'wait'})
    code = ('import sys; from pathlib import Path\n'
            'from mmhoi.reproduction import Reproduction, Request\n'
            'from mmhoi.utils.one_line_errors import one_line_errors\n'
            'import mmhoi.reproduction.reproduce as m\n'
            'm.usable_gpus = lambda: []\n'
            'work = Reproduction(Request("ablation", Path("out"), Path("."), '
            f'Path({str(TRAINER)!r}), Path("-"), form="x", rows=["base"], '
            'options={"train_cfg.max_epochs": 2}))\n'
            'sys.exit(one_line_errors(work.make)())')
    process = subprocess.Popen([sys.executable, '-c', code],
                               stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT,
                               env={
                                   **os.environ, 'PYTHONPATH': str(ROOT)
                               })
    until(lambda: Path('out/runs', ABLATION[0], 'epoch_1.pth').exists())
    yield process
    process.kill()
    process.communicate()


def until(done):
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(.05)


def is_locked(folder):
    from mmhoi.utils.folder_lock import lock_folder
    from mmhoi.utils.setup_error import SetupError
    try:
        lock_folder(folder).close()
    except SetupError:
        return True
    return False


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGKILL])
def test_ended_tool_leaves_no_run_and_goes_on(started, number, tool, behave,
                                              capsys):
    folder = f'out/runs/{ABLATION[0]}'
    assert is_locked(folder)
    assert tool('ablation') == 1
    assert 'Choose another folder with --out' in capsys.readouterr().err
    started.send_signal(number)
    started.wait(30)
    assert started.returncode == (-9 if number == signal.SIGKILL else 130)
    if number == signal.SIGKILL:
        until(lambda: not is_locked(folder))
    assert not is_locked(folder)
    behave()
    assert tool('ablation', '--rows', 'base') == 0
    assert '0 runs are done, 1 go on, 0 to run' in capsys.readouterr().out
    assert 'Epoch 2, from 1' in logs()[ABLATION[0]]
    assert list(read('ablation.json')['own']['all']) == ['base']
