# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
from scipy.io import loadmat, savemat

from mmhoi.evaluation.prediction_io import mat_cells, read_pair_predictions
from mmhoi.evaluation.prediction_io.mat_cells import load_cell_table
from mmhoi.evaluation.prediction_io.official_mat import write_official_mat
from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairArrays, PairPredictions

HICO = load_label_space('hico_det')

IDS = np.array([2, 5])


def predictions(scores, labels=None, sub_bboxes=None):
    """Predictions for image 5, by default of HOI 0 (of the airplane)."""
    num = len(scores)
    boxes = np.tile([1., 2, 30, 40], (num, 1))
    return PairPredictions(
        IDS[::-1],
        PairArrays(
            np.zeros(num, int),
            np.zeros(num, int) if labels is None else np.array(labels),
            boxes if sub_bboxes is None else np.array(sub_bboxes), boxes + 5,
            np.array(scores)))


@pytest.fixture
def folder(tmp_path):
    write_official_mat(tmp_path, predictions([.25, .5]), HICO)
    return tmp_path


def test_layout(folder):
    space = load_label_space('hico_det')
    assert len(list(folder.iterdir())) == 80
    for obj in range(80):
        cells = loadmat(folder / f'detections_{obj + 1:02d}.mat')['all_boxes']
        assert cells.shape == ((space.hoi_objects == obj).sum(), 2)
    # Objects take the order of COCO, HOI 0 is one of the fifth.
    cells = loadmat(folder / 'detections_05.mat')['all_boxes']
    np.testing.assert_array_equal(
        cells[0, 1],
        [[1, 2, 30, 40, 6, 7, 35, 45, 500], [1, 2, 30, 40, 6, 7, 35, 45, 250]])
    assert [cell.size for cell in cells.ravel()].count(0) == cells.size - 1


def test_best_of_a_class_only(tmp_path):
    write_official_mat(
        tmp_path,
        predictions([.1, .4, .3, .2], [0, 0, 0, 1]),
        HICO,
        max_per_hoi=2)
    read = read_pair_predictions(tmp_path, HICO, IDS).pairs
    assert read.labels.tolist() == [0, 0, 1]
    assert read.scores.tolist() == [400, 300, 200]


def test_rounding(tmp_path):
    write_official_mat(
        tmp_path,
        predictions([.5], sub_bboxes=[[-.5, 1.5, 2.5, 3.49]]),
        HICO,
        round_boxes=True)
    read = read_pair_predictions(tmp_path, HICO, IDS).pairs
    assert read.sub_bboxes.tolist() == [[-1, 2, 3, 3]]


def test_image_ids_are_needed(folder):
    with pytest.raises(ValueError, match=r'which images .*--ann'):
        read_pair_predictions(folder, HICO)
    with pytest.raises(ValueError, match='10 HOIs and --ann 3 images'):
        read_pair_predictions(folder, HICO, np.arange(3))


def test_missing_files(folder):
    for number in (3, 7, 8, 9):
        (folder / f'detections_{number:02d}.mat').unlink()
    with pytest.raises(
            FileNotFoundError,
            match=r'lacks 4 of 80 files: detections_03\.mat, .*08\.mat, \.'):
        read_pair_predictions(folder, HICO, IDS)


def cells_with(value):
    cells = np.empty((10, 2), object)
    cells.fill(np.zeros((0, 0)))
    cells[3, 1] = value
    return cells


@pytest.mark.parametrize('content, message', [
    (dict(other=1), 'no cell array named all_boxes'),
    (dict(all_boxes=np.ones((10, 2))), 'no cell array named all_boxes'),
    (dict(all_boxes=dict(a=1)), 'no cell array named all_boxes'),
    (dict(all_boxes=cells_with(np.ones((1, 8)))), r'all_boxes\{4, 2\} is'),
    (dict(all_boxes=cells_with('text')), r'all_boxes\{4, 2\} is'),
    (dict(all_boxes=cells_with(dict(a=1))), r'all_boxes\{4, 2\} is'),
    (dict(all_boxes=cells_with(np.ones((1, 9)) * 1j)), 'complex128'),
])
def test_bad_content(tmp_path, content, message):
    file = tmp_path / 'a.mat'
    savemat(file, content)
    with pytest.raises(ValueError, match=f'a.mat.*{message}'):
        load_cell_table(file)


@pytest.mark.parametrize('row, message', [
    ([np.nan] * 9, 'image 5, prediction 0: nan in scores'),
    ([9, 0, 1, 1, 0, 0, 1, 1, 1], 'image 5, prediction 0: .* in sub_bboxes'),
])
def test_bad_prediction(folder, row, message):
    savemat(folder / 'detections_05.mat',
            dict(all_boxes=cells_with(np.array([row], float))))
    with pytest.raises(ValueError, match=message):
        read_pair_predictions(folder, HICO, IDS)


def test_error_in_the_other_process(folder):
    (folder / 'detections_05.mat').write_bytes(b'nothing')
    with pytest.raises(ValueError, match=r'detections_05\.mat cannot be read'):
        read_pair_predictions(folder, HICO, IDS)


def test_crash_of_the_other_process(folder, monkeypatch):
    monkeypatch.setattr(mat_cells, 'PROGRAM',
                        'import os; print("x.mat", flush=True); os.abort()')
    with pytest.raises(ValueError, match=r'x\.mat makes SciPy crash .*-6'):
        read_pair_predictions(folder, HICO, IDS)


def test_truncated_file(folder):
    file = folder / 'detections_05.mat'
    content = file.read_bytes()
    for size in range(0, len(content), 37):
        file.write_bytes(content[:size])
        with pytest.raises(ValueError, match=r'detections_05\.mat .*'):
            load_cell_table(file)


def test_matlab_7_3_file(folder):
    header = b'MATLAB 7.3 MAT-file'.ljust(124) + b'\x00\x02IM'
    file = folder / 'detections_05.mat'
    file.write_bytes(header + b'\x89HDF\r\n')
    with pytest.raises(ValueError, match="save it with '-v7'"):
        load_cell_table(file)
