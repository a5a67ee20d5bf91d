# Copyright (c) mmhoi contributors.
import gc
import io
import zipfile

import numpy as np
import pytest

from mmhoi.evaluation.prediction_io import read_pair_predictions
from mmhoi.label_spaces import load_label_space

HICO = load_label_space('hico_det')

BOX = np.array([[1., 2, 3, 4]] * 2, np.float32)
ARRAYS = dict(
    image_id=np.array([5, 8]),
    image_wh=np.array([[10, 20], [30, 40]]),
    det_image=np.array([1, 1]),
    det_hoi=np.array([0, 599]),
    det_human=BOX,
    det_object=BOX,
    det_score=np.array([.5, .25]))


def save(path, **changes):
    arrays = {**ARRAYS, **changes}
    np.savez(path, **{k: v for k, v in arrays.items() if v is not None})
    return path


def test_read(tmp_path):
    read = read_pair_predictions(save(tmp_path / 'a.npz', other=BOX), HICO)
    assert read.image_ids.tolist() == [5, 8]
    assert read.image_sizes.tolist() == [[10, 20], [30, 40]]
    assert read.pairs.images.tolist() == [1, 1]
    assert read.pairs.labels.tolist() == [0, 599]
    np.testing.assert_array_equal(read.pairs.obj_bboxes, BOX)
    no_size = read_pair_predictions(
        save(tmp_path / 'a.npz', image_wh=None), HICO)
    assert no_size.image_sizes is None


@pytest.mark.parametrize('changes, message', [
    (dict(det_image=None), 'lacks the arrays det_image; needed'),
    (dict(det_image=np.array([5, 8])),
     r'det_image\[0\] is 5; it must be a row of image_id, 0\.\.1'),
    (dict(det_image=np.array([1, -1])), r'det_image\[1\] is -1'),
    (dict(det_image=np.array([1., 1.])), 'det_image has dtype float64'),
    (dict(det_image=np.array([1, 1, 1])), 'shapes do not fit: det_image'),
    (dict(det_image=np.int64(1)), 'shapes do not fit'),
    (dict(det_hoi=np.array([1, 600])), 'image 8, prediction 1: 600 in labels'),
    (dict(det_human=BOX[:, :3]), r'det_human \(2, 3\)'),
    (dict(det_object=BOX * np.nan), 'image 8, prediction 0: .*obj_bboxes'),
    (dict(det_score=np.array([.5])), r'det_score has shape \(1,\)'),
    (dict(det_score=np.array(['a', 'b'])), 'det_score has dtype <U1'),
    (dict(det_score=np.array([.5, 1j])), 'det_score has dtype complex'),
    (dict(image_id=np.array([5, 5])), 'image 5 is listed twice'),
    (dict(image_id=np.array([5., 8.])), 'image_id has dtype float64'),
    (dict(image_wh=np.array([[1, 2]])), r'image_wh \(1, 2\)'),
])
def test_bad_array(tmp_path, changes, message):
    with pytest.raises(ValueError, match=rf'a\.npz: .*{message}|{message}'):
        read_pair_predictions(save(tmp_path / 'a.npz', **changes), HICO)


def test_unsigned_numbers_do_not_wrap_around(tmp_path):
    boxes, scores = BOX.astype(np.uint8), np.array([0, 200], np.uint8)
    path = save(tmp_path / 'a.npz', det_human=boxes - 1, det_score=scores)
    read = read_pair_predictions(path, HICO, origin=1).pairs
    np.testing.assert_array_equal(read.sub_bboxes, BOX - 2)
    assert (-read.scores).tolist() == [0, -200]


def test_objects_are_not_unpickled(tmp_path):
    path = tmp_path / 'a.npz'
    np.savez(path, **{**ARRAYS, 'det_hoi': np.array([0, None])})
    with pytest.raises(ValueError, match='allow_pickle=False'):
        read_pair_predictions(path, HICO)


@pytest.mark.filterwarnings('error')
def test_damaged_file_is_closed(tmp_path):
    path = save(tmp_path / 'a.npz')
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match='not a complete .npz file'):
        read_pair_predictions(path, HICO)
    gc.collect()


def test_truncated_or_other_file(tmp_path):
    path = save(tmp_path / 'a.npz')
    content = path.read_bytes()
    for size in range(0, len(content), 97):
        path.write_bytes(content[:size])
        with pytest.raises(ValueError, match='not a complete .npz file'):
            read_pair_predictions(path, HICO)
    with path.open('wb') as file:
        np.save(file, BOX)
    with pytest.raises(ValueError, match='one array, not several'):
        read_pair_predictions(path, HICO)


def test_shape_that_would_fill_the_memory(tmp_path):
    path = save(tmp_path / 'a.npz', det_hoi=None)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, dict(descr='<i8', fortran_order=False, shape=(10**11, )))
    with zipfile.ZipFile(path, 'a') as file:
        file.writestr('det_hoi.npy', header.getvalue())
    with pytest.raises(ValueError, match=r'a\.npz .*MemoryError'):
        read_pair_predictions(path, HICO)
