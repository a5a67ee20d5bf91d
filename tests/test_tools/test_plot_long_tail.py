# Copyright (c) mmhoi contributors.
import json

import pytest

TOOL = 'analysis_tools/plot_long_tail'
HICO = '--label-space', 'hico_det'


def lines(path):
    return path.read_text().splitlines()


def test_hico_det(run_tool, make_record, tmp_path, capsys):
    ann, out = tmp_path / 'ann.json', tmp_path / 'out.png'
    records = [make_record(1), make_record(2, hois=[(0, 1, 77), (0, 1, 500)])]
    ann.write_text(json.dumps(records))
    assert run_tool(TOOL, ann, out, *HICO) == 0
    printed = capsys.readouterr()
    assert '3 interactions in 2 images' in printed.out
    assert '1 x unknown verb, left out' in printed.err
    assert out.read_bytes().startswith(b'\x89PNG')
    table = lines(out.with_suffix('.csv'))
    assert len(table) == 1 + 117 + 600
    assert table[:3] == [
        'kind,id,name,count,rare', 'verb,76,ride,2,1', 'verb,72,race,1,1'
    ]
    assert table[118] == 'hoi,153,ride motorcycle,2,1'


def test_vcoco_and_own_classes(run_tool, tmp_path):
    record = dict(
        file_name='a.jpg',
        annotations=[
            dict(bbox=[0, 0, 9, 9], category_id=1, category='person')
        ],
        hoi_annotation=[
            dict(subject_id=0, object_id=-1, category_id=4, verb='run')
        ])
    ann, out = tmp_path / 'ann.json', tmp_path / 'out.pdf'
    ann.write_text(json.dumps([record]))
    assert run_tool(TOOL, ann, out, '--label-space', 'vcoco') == 0
    assert len(lines(out.with_suffix('.csv'))) == 1 + 29 + 263
    assert lines(out.with_suffix('.csv'))[1].endswith(',1,1')
    classes = tmp_path / 'classes.json'
    classes.write_text(
        json.dumps(
            dict(objects=['ball'], verbs=['run'], hois=[dict(verb='run')])))
    assert run_tool(TOOL, ann, out, '--label-space', classes) == 1
    assert run_tool(TOOL, ann, out, '--label-space', classes,
                    '--overwrite') == 0
    assert lines(
        out.with_suffix('.csv'))[1:] == ['verb,0,run,1,1', 'hoi,0,run,1,1']


@pytest.mark.parametrize('text, args, message', [
    ('[', HICO, 'not valid JSON'),
    ('[]', HICO, 'no image'),
    ('[{"file_name": 3}]', HICO, 'missing key (entry 0: annotations'),
    ('[]', ('--label-space', 'coco'), 'unknown label space "coco" (key'),
    ('[]', ('--label-space', 'swig.py'), 'swig.py does not exist'),
    ('[]', ('--label-space', 'none.json'), 'none.json does not exist'),
])
def test_errors(run_tool, tmp_path, capsys, text, args, message):
    ann, out = tmp_path / 'ann.json', tmp_path / 'out.png'
    ann.write_text(text)
    assert run_tool(TOOL, ann, out, *args) == 1
    assert message in capsys.readouterr().err
    assert not out.exists() and not out.with_suffix('.csv').exists()


def test_paths(run_tool, tmp_path, capsys):
    ann = tmp_path / 'ann.json'
    assert run_tool(TOOL, ann, tmp_path / 'out.png', *HICO) == 1
    assert f'{ann} does not exist' in capsys.readouterr().err
    (tmp_path / 'file').touch()
    assert run_tool(TOOL, ann, tmp_path / 'file' / 'out.png', *HICO) == 1
    assert 'is no folder' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run_tool(TOOL, ann, tmp_path / 'out.txt', *HICO)
    assert 'must end in .png' in capsys.readouterr().err
