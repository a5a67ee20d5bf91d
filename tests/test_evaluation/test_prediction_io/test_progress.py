# Copyright (c) mmhoi contributors.
"""Long reading and writing shows its progress on standard error."""
import pytest
from tqdm import tqdm

from mmhoi.evaluation.prediction_io import (read_pair_predictions, safe_load,
                                            write_pair_predictions)
from mmhoi.evaluation.prediction_io.json_file import read_json
from mmhoi.label_spaces import load_label_space

HICO = load_label_space('hico_det')


@pytest.fixture
def at_once(monkeypatch):
    """Bars show at once, not only after a second, as on a terminal."""
    create = tqdm.__init__

    def patched(self, *args, **kwargs):
        create(self, *args, **dict(kwargs, delay=0, disable=False))

    monkeypatch.setattr(tqdm, '__init__', patched)


@pytest.mark.parametrize('name', ['a.json', 'a.jsonl', 'a.pkl', 'mat'])
def test_bars(at_once, make_predictions, tmp_path, capsys, name):
    predictions = make_predictions()
    path = tmp_path / name
    write_pair_predictions(path, predictions, HICO)
    errors = capsys.readouterr().err
    # A pickle is written in one go.
    assert (name in errors) == (name != 'a.pkl')
    read_pair_predictions(path, HICO, predictions.image_ids)
    assert ('80/80' if name == 'mat' else name) in capsys.readouterr().err


def test_bars_of_the_parsers(at_once, make_predictions, tmp_path, capsys):
    for name, read in (('a.json', read_json), ('a.pkl', safe_load)):
        write_pair_predictions(tmp_path / name, make_predictions(), HICO)
        capsys.readouterr()
        assert len(read(tmp_path / name)) == 3
        assert name in capsys.readouterr().err
