# Copyright (c) mmhoi contributors.
import json

from PIL import Image

TOOL = 'analysis_tools/check_dataset'
HICO = '--label-space', 'hico_det'


def test_statuses(run_tool, fail_tool, make_record, tmp_path, capsys):
    path = tmp_path / 'ann.json'
    path.write_text(json.dumps([make_record(1), make_record(2, hois=[])]))
    assert run_tool(TOOL, path, *HICO) == 0
    assert f'{path}: 2 images, 0 errors, 1 warnings' in capsys.readouterr().out
    bad = make_record(3, hois=[(0, 5, 73), (0, 1, 0), (0, 1, 0)])
    path.write_text(json.dumps([make_record(1), bad]))
    assert run_tool(TOOL, path, '--max-print', 1, *HICO) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        f'{path}: error: {bad["file_name"]} hoi_annotation[0]: index out of')
    assert lines[1].startswith(
        f'{path}: error: {bad["file_name"]} hoi_annotation[1]: unknown verb')
    assert 'warning: ' in lines[2] and 'repeated interaction' in lines[2]
    assert lines[3] == f'{path}: 2 images, 3 errors, 1 warnings'
    assert '2 x unknown verb' in lines[4]
    path.write_text('[')
    assert 'not valid JSON' in fail_tool(TOOL, path, *HICO)


def test_images(run_tool, fail_tool, make_record, tmp_path, capsys):
    path = tmp_path / 'ann.json'
    records = [make_record(n) for n in (1, 2, 3, 4)]
    path.write_text(json.dumps(records))
    assert 'image folder' in fail_tool(TOOL, path, tmp_path / 'none', *HICO)
    folder = tmp_path / 'images'
    folder.mkdir()
    for size, record in zip(((90, 70), (60, 70), (90, 70)), records):
        Image.new('RGB', size).save(folder / record['file_name'])
    whole = folder / records[2]['file_name']
    whole.write_bytes(whole.read_bytes()[:-20])
    assert run_tool(TOOL, path, folder, *HICO) == 1
    text = capsys.readouterr().out
    assert '00000002.jpg annotations[1]: box outside of the image' in text
    assert '00000004.jpg: image cannot be read' in text
    assert '4 images, 2 errors' in text
    assert run_tool(TOOL, path, folder, '--decode', *HICO) == 1
    assert '00000003.jpg: image cannot be read' in capsys.readouterr().out


def test_decompression_bomb(run_tool, make_record, tmp_path, capsys,
                            monkeypatch):
    record = make_record(1)
    path = tmp_path / 'ann.json'
    path.write_text(json.dumps([record]))
    Image.new('RGB', (90, 70)).save(tmp_path / record['file_name'])
    monkeypatch.setattr(Image, 'MAX_IMAGE_PIXELS', 1000)
    assert run_tool(TOOL, path, tmp_path, *HICO) == 1
    assert 'image cannot be read: Image size (6300' in capsys.readouterr().out


def test_own_classes(run_tool, fail_tool, tmp_path, capsys):
    path, classes = tmp_path / 'ann.json', tmp_path / 'classes.json'
    classes.write_text('{"objects": ["dog"], "verbs": ["walk", "feed"]}')
    boxes = [
        dict(bbox=[1, 1, 9, 9], category=name) for name in ('person', 'dog')
    ]
    record = dict(
        file_name='a.jpg',
        annotations=boxes,
        hoi_annotation=[dict(subject_id=0, object_id=1, verb='walk')])
    path.write_text(json.dumps([record]))
    arguments = TOOL, path, '--label-space', classes
    assert run_tool(*arguments) == 0
    text = capsys.readouterr().out
    assert 'warning: HOI that never occurs: feed dog' in text
    record['hoi_annotation'][0]['verb'] = 'Walk'
    path.write_text(json.dumps([record]))
    assert run_tool(*arguments) == 1
    text = capsys.readouterr().out
    assert 'error: a.jpg hoi_annotation[0]: unknown verb: verb "Walk"' in text
    classes.write_text('{"objects": ["dog", "dog"], "verbs": ["walk"]}')
    # Another name, since a class file is read once.
    classes = classes.rename(tmp_path / 'other.json')
    message = fail_tool(TOOL, path, '--label-space', classes)
    assert 'other.json: objects[1]: "dog" is the same' in message
    for name, text in ((
            'coco', 'unknown label space "coco" (key `label_space`); allowed: '
            'hico_det, vcoco'), ('none.json', 'does not exist')):
        assert text in fail_tool(TOOL, path, '--label-space', name)
