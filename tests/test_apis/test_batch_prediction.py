# Copyright (c) mmhoi contributors.
import os

import pytest

from mmhoi.apis.image_lists import list_image_paths
from mmhoi.apis.prediction_table import (HOI_FIELDS, predictions_to_table,
                                         read_outcomes)


@pytest.fixture
def write_table(tmp_path):
    """A function that writes rows to a parquet file; returns its path."""
    pa = pytest.importorskip('pyarrow')
    import pyarrow.parquet as pq

    def write(name='list.parquet', **columns):
        pq.write_table(pa.table(columns), tmp_path / name)
        return str(tmp_path / name)

    return write


def test_folder_and_pattern(folder, monkeypatch):
    monkeypatch.chdir(folder)
    names = ['a.jpg', 'b.png', 'broken.jpg', 'c.JPG', 'empty.png', 'text.jpg']
    assert list_image_paths('.') == [str(folder / name) for name in names]
    assert list_image_paths('?.jpg') == [str(folder / 'a.jpg')]


def test_text_list(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = '\ufeffb.jpg\r\n\n /x/ü b.png\nhttp://h/c.jpg\nsub/../b.jpg\n'
    (tmp_path / 'list.txt').write_text(lines, encoding='utf-8')
    assert list_image_paths('list.txt') == [
        str(tmp_path / 'b.jpg'), '/x/ü b.png', 'http://h/c.jpg'
    ]


def test_parquet_list(write_table):
    path = write_table(path=['/x/b.jpg', '/x/a.jpg'], n=[1, 2])
    assert list_image_paths(path) == ['/x/b.jpg', '/x/a.jpg']


@pytest.mark.parametrize('name, content, error, message', [
    ('no.txt', None, FileNotFoundError, 'does not exist'),
    ('a.txt', b'\n \n', ValueError, 'names no image'),
    ('a.txt', b'\xff\xfe\x00', ValueError, 'no text in UTF-16'),
    ('a.txt', b'\xe9', ValueError, 'line 1: it is no text in UTF-8'),
    ('clip.mp4', b'', OSError, 'cannot be read'),
    ('no*.jpg', None, FileNotFoundError, 'no file matches'),
])
def test_bad_inputs(tmp_path, name, content, error, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message):
        list_image_paths(str(tmp_path / name))


def test_bad_parquet(tmp_path, write_table):
    with pytest.raises(ValueError, match='no column "path".*: file'):
        list_image_paths(write_table(file=['a.jpg']))
    with pytest.raises(ValueError, match='2 of 4 rows .* numbers 1, 3'):
        list_image_paths(write_table(path=['/x/b.jpg', None, '/x/a.jpg', '']))
    with pytest.raises(ValueError, match='holds int64, not text'):
        list_image_paths(write_table(path=[1]))
    (tmp_path / 'bad.parquet').write_bytes(b'no parquet')
    with pytest.raises(ValueError, match='cannot be read as parquet'):
        list_image_paths(str(tmp_path / 'bad.parquet'))


def test_table_equals_predictions(inferencer, folder):
    pytest.importorskip('pyarrow')
    predictions = inferencer(str(folder), batch_size=6)['predictions']
    # As for V-COCO, which has verbs without an object.
    predictions[0]['hois'][0].update(object=None, obj_bbox=None)
    rows = predictions_to_table(predictions).to_pylist()
    assert len(rows) == 6
    for row, prediction in zip(rows, predictions):
        assert row['path'] == prediction['img_path']
        assert row['error'] == prediction.get('error')
        assert row['width'] == prediction.get('width')
        assert row['height'] == prediction.get('height')
        for name in HOI_FIELDS:
            assert row[name] == ([hoi[name] for hoi in prediction['hois']]
                                 if 'hois' in prediction else None)
    assert prediction['error'] and set(prediction) == {'img_path', 'error'}


def test_fields_are_those_of_predictions(inferencer, scene):
    prediction, = inferencer(scene)['predictions']
    assert tuple(prediction['hois'][0]) == HOI_FIELDS


def test_outcomes(tmp_path, write_table):
    assert read_outcomes(str(tmp_path)).num_rows == 0
    write_table('1.parquet', path=['a', 'b'], error=[None, 'bad'])
    whole = write_table('2.parquet', path=['c'], error=['worse'])
    with open(whole, 'rb') as file:
        content = file.read()
    (tmp_path / '3.parquet').write_bytes(content[:-10])
    (tmp_path / '4.parquet').write_bytes(b'')
    expected = dict(
        path=['a', 'b', 'c'], error=[None, 'bad', 'worse'], content=[None] * 3)
    # The second time the files that were cut off are out of the way.
    for _ in range(2):
        assert read_outcomes(str(tmp_path)).to_pydict() == expected
    assert sorted(os.listdir(tmp_path)) == [
        '1.parquet', '2.parquet', '_unfinished_3.parquet',
        '_unfinished_4.parquet'
    ]


def test_other_files_are_no_outcomes(tmp_path, write_table):
    write_table('other.parquet', path=['a'])
    with pytest.raises(ValueError, match='other.parquet" holds no predict'):
        read_outcomes(str(tmp_path))


def test_predictor(inferencer, mini_checkpoint, folder):
    pa = pytest.importorskip('pyarrow')
    from mmhoi.apis.batch_prediction import BatchPredictor
    predict = BatchPredictor('hoiclip_mini_synhico', mini_checkpoint, 'cpu')
    paths = [str(folder / name) for name in ('text.jpg', 'b.png')]
    table = predict(pa.table(dict(path=paths)))
    expected = inferencer(paths, batch_size=2)['predictions']
    assert table.equals(predictions_to_table(expected))
