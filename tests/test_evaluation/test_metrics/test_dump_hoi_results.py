# Copyright (c) mmhoi contributors.
import numpy as np
import pytest
import torch
from mmengine.fileio import load

from mmhoi.evaluation.metrics import DumpHOIResults
from mmhoi.evaluation.prediction_io import read_pair_predictions
from mmhoi.label_spaces import load_label_space

HICO = load_label_space('hico_det')


def sample(img_id, num_preds):
    """A data sample as the evaluator passes it on."""
    return dict(
        img_id=img_id,
        img_path=f'{img_id}.jpg',
        ori_shape=(4, 6),
        gt_hoi_instances=dict(sub_bboxes=torch.ones(3, 4)),
        pred_hoi_instances=dict(
            sub_bboxes=torch.rand(num_preds, 4).cumsum(1),
            obj_bboxes=torch.rand(num_preds, 4).cumsum(1),
            labels=torch.arange(num_preds),
            scores=torch.rand(num_preds)))


@pytest.mark.parametrize('ending', ['.pkl', '.json'])
def test_written_file_holds_the_predictions(tmp_path, ending):
    path = str(tmp_path / f'predictions{ending}')
    samples = [sample(5, 2), sample(3, 0), sample(9, 1)]
    metric = DumpHOIResults(path)
    metric.process({}, samples[:2])
    metric.process({}, samples[2:])
    assert metric.evaluate(3) == {}
    results = load(path)
    assert [result['img_id'] for result in results] == [5, 3, 9]
    for result, given in zip(results, samples):
        assert set(result) == {
            'img_id', 'img_path', 'ori_shape', 'pred_hoi_instances'
        }
        assert list(result['ori_shape']) == [4, 6]
        for name, value in given['pred_hoi_instances'].items():
            np.testing.assert_array_equal(
                np.array(result['pred_hoi_instances'][name]).reshape(
                    value.shape), value.numpy())


@pytest.mark.parametrize('ending',
                         ['.pkl', '.pickle', '.json', '.jsonl', '.npz'])
def test_written_file_is_read_by_the_evaluation(tmp_path, ending):
    path = tmp_path / f'predictions{ending}'
    samples = [sample(5, 2), sample(3, 0), sample(9, 1)]
    metric = DumpHOIResults(str(path))
    metric.process({}, samples)
    metric.evaluate(3)
    read = read_pair_predictions(path, HICO)
    assert read.image_ids.tolist() == [5, 3, 9]
    assert read.image_sizes.tolist() == [[6, 4]] * 3
    assert read.pairs.images.tolist() == [0, 0, 2]
    for name in ('labels', 'sub_bboxes', 'obj_bboxes', 'scores'):
        given = torch.cat([s['pred_hoi_instances'][name] for s in samples])
        found = read.pairs.select(
            np.lexsort((read.pairs.labels, read.pairs.images)))
        np.testing.assert_array_equal(getattr(found, name), given)


@pytest.mark.parametrize('ending', ['.pkl', '.json', '.jsonl', '.npz'])
def test_labels_of_other_classes_are_refused(tmp_path, ending):
    """Numbers alone say nothing about the order of the classes."""
    path = tmp_path / f'predictions{ending}'
    for names in HICO.hois, HICO.hois[::-1]:
        metric = DumpHOIResults(str(path))
        metric.dataset_meta = dict(hoi_classes=names)
        metric.process({}, [sample(5, 2), sample(3, 0)])
        metric.evaluate(2)
        if names == HICO.hois:
            assert len(read_pair_predictions(path, HICO).pairs.images) == 2
            continue
        with pytest.raises(ValueError, match=f'{ending}: .*other HOI classes'):
            read_pair_predictions(path, HICO)


def test_unknown_ending():
    with pytest.raises(ValueError, match='"p.txt".*\\.pkl, .pickle, .json'):
        DumpHOIResults('p.txt')
