# Copyright (c) mmhoi contributors.
import json

import pytest

TOOL = 'dataset_converters/sample_fraction'


@pytest.fixture
def ann(tmp_path, make_record):
    """Forty images with two interactions each, one with a bad index."""
    records = [make_record(n + 1) for n in range(40)]
    records[14] = make_record(15, hois=[(0, 7, 73)])
    path = tmp_path / 'ann.json'
    path.write_text(json.dumps(records))
    return path


def numbers(path):
    return [record['img_id'] for record in json.loads(path.read_text())]


def test_samples_are_nested_and_those_of_the_data_set(run_tool, ann, tmp_path):
    from mmhoi.annotations import sample_images
    kept = {}
    for fraction in (0.1, 0.25, 1):
        out = tmp_path / f'{fraction}.json'
        assert run_tool(TOOL, ann, out, '--fraction', fraction) == 0
        kept[fraction] = numbers(out)
        assert kept[fraction] == (sample_images(40, fraction, 0) + 1).tolist()
    assert len(kept[0.1]) == 4 and set(kept[0.1]) < set(kept[0.25])
    assert json.loads(out.read_text()) == json.loads(ann.read_text())
    other = tmp_path / 'other.json'
    run_tool(TOOL, ann, other, '--fraction', 0.25, '--seed', 1)
    assert numbers(other) != kept[0.25]


def test_report(run_tool, ann, tmp_path, capsys):
    out = tmp_path / 'out.json'
    assert run_tool(TOOL, ann, out, '--fraction', 0.25) == 0
    printed = capsys.readouterr()
    rows = [line.split() for line in printed.out.splitlines()]
    assert ' '.join(
        rows[0]).endswith('10 of 40 images (--fraction 0.25 --seed 0)')
    # Image 15 cannot be used; it is not in this sample.
    assert 15 not in numbers(out)
    assert rows[2] == ['all', '600', '78', '20', '25.64', '%', '598']
    # race and ride motorcycle are not rare.
    assert rows[3] == ['rare', '138', '0', '0', '-', '138']
    assert rows[4] == ['non-rare', '462', '78', '20', '25.64', '%', '460']
    assert [len(row[0]) for row in rows[6:]] == [64, 64]
    assert '1 x index out of range, image left out' in printed.err


@pytest.mark.parametrize('text, fraction, message', [
    ('[', 0.5, 'not valid JSON'),
    ('[{"file_name": 3}]', 0.5, 'file_name 3 is not of type str'),
    ('[3]', 0.5, 'entry 0: 3 is not a dict'),
    ('[]', 5, 'fraction=5.0'),
])
def test_errors(run_tool, tmp_path, capsys, text, fraction, message):
    path = tmp_path / 'ann.json'
    path.write_text(text)
    out = tmp_path / 'out.json'
    assert run_tool(TOOL, path, out, '--fraction', fraction) == 1
    assert message in capsys.readouterr().err
    assert not out.exists()
