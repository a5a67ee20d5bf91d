# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import pytest

CONFIG = (
    Path(__file__).resolve().parents[2] /
    'configs/hoiclip/hoiclip_mini_synhico.py')
TOOL = 'misc/rank_prompts'
TEXTS = 'a person riding a horse; a person filming a cow;a person juggling'


@pytest.fixture
def rank(run_tool, mini_checkpoint, folder):

    def run(*args, img=folder / 'a.jpg'):
        return run_tool(TOOL, img, CONFIG, mini_checkpoint, '--device', 'cpu',
                        *args)

    return run


def test_texts(rank, tmp_path, capsys):
    out = tmp_path / 'ranking.json'
    rank('--texts', TEXTS, '--clip', '--json', out)
    ranking = json.loads(out.read_text())
    # Every text once, with a pair of the object that it names.
    objects = {hoi['text']: hoi['object'] for hoi in ranking}
    assert len(ranking) == 3
    assert objects['a person riding a horse'] == 'horse'
    assert objects['a person filming a cow'] == 'cow'
    scores = [hoi['score'] for hoi in ranking]
    assert scores == sorted(scores, reverse=True)
    models, clip = capsys.readouterr().out.split('CLIP alone')
    assert [line[:24].strip() for line in models.splitlines()[-5:-1]
            ][-3:] == [hoi['text'][:24].strip() for hoi in ranking]
    cosines = [float(line.split()[0]) for line in clip.splitlines()[2:]]
    assert len(cosines) == 3
    assert cosines == sorted(cosines, reverse=True)


def test_topk(rank, capsys):
    rank('--topk', 4)
    lines = capsys.readouterr().out.splitlines()
    header = next(i for i, line in enumerate(lines) if ' conf. ' in line)
    assert len(lines) - header - 1 == 4


@pytest.mark.parametrize('args, message', [
    (['--texts', 'absent.txt'], 'error: vocabulary absent.txt does not exist'),
    (['--texts', 'ride dog;;ride cow'], 'texts[1] is empty'),
])
def test_errors(rank, args, message, capsys):
    assert rank(*args) == 1
    assert message in capsys.readouterr().err


def test_unreadable_image(rank, folder, capsys):
    assert rank('--texts', TEXTS, img=folder / 'broken.jpg') == 1
    assert 'error: image ' in capsys.readouterr().err
