# Copyright (c) mmhoi contributors.
"""No tool replaces what it reads, nor what exists unless it is asked."""
import os

import pytest

#: A command of each tool. FILE is read and, by another name, to be written.
COMMANDS = {
    'analysis_tools/dump_detections': 'CONFIG FILE.npz --out OUT.npz',
    'analysis_tools/eval_hoi':
    'a.json --dataset hico --ann FILE.json --json OUT.json',
    'analysis_tools/infer_affordances': 'CONFIG FILE.npz --out OUT.npz',
    'analysis_tools/plot_long_tail': 'FILE.csv OUT.png --label-space hico_det',
    'analysis_tools/plot_per_class': 'FILE.csv --out OUT.png',
    'dataset_converters/sample_fraction': 'FILE.json OUT.json --fraction 0.5',
    'dataset_converters/vcoco': 'a.json FILE.json OUT.json',
    'deployment/export_model': 'CONFIG FILE.onnx --out OUT.onnx',
    'misc/print_config': 'FILE.py --save-path OUT.py',
    'misc/rank_prompts':
    'a.jpg CONFIG a.pth --texts FILE.json --json OUT.json',
    'model_converters/convert': '--from hoiclip FILE.pth OUT.pth',
    'test': 'CONFIG FILE.json --out OUT.json',
}


@pytest.fixture
def try_tool(run_tool, config, capsys):
    """A function that runs a command; returns what is said."""

    def run(tool, file, out, *more):
        command = COMMANDS[tool].replace('FILE', file).replace('OUT', out)
        args = command.replace('CONFIG', str(config)).split()
        assert run_tool(tool, *args, *more) == 1
        error = capsys.readouterr().err.splitlines()[-1]
        assert error.startswith('error: ')
        return error

    return run


def written(tool):
    """Ending of what is written and could be the input."""
    return COMMANDS[tool].split('FILE')[1].split()[0]


@pytest.mark.parametrize('tool', COMMANDS)
def test_inputs_stay(try_tool, tool):
    ending = written(tool)
    with open(f'data{ending}', 'w', encoding='utf-8') as file:
        file.write('a = 1')
    os.mkdir('folder')
    os.symlink(f'data{ending}', f'link{ending}')
    os.link(f'data{ending}', f'hard{ending}')
    for name in 'data', './/data', 'folder/../data', 'link', 'hard':
        error = try_tool(tool, 'data', name, '--overwrite')
        assert 'would be lost; name another file' in error
    with open(f'data{ending}', encoding='utf-8') as file:
        assert file.read() == 'a = 1'
    os.rename(f'hard{ending}', f'other{ending}')
    os.remove(f'link{ending}')
    os.remove(f'data{ending}')
    error = try_tool(tool, 'data', 'other')
    assert 'exists already; name another file, or' in error
    with open(f'other{ending}', encoding='utf-8') as file:
        assert file.read() == 'a = 1'


def test_a_config_in_its_work_dir_stays(run_tool, config):
    before = config.read_bytes()
    assert not run_tool('train', config, '--work-dir', config.parent)
    assert config.read_bytes() == before
    dumps = [p for p in config.parent.glob('*.py') if p != config]
    assert len(dumps) == 1
