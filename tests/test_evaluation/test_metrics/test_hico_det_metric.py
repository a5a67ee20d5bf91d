# Copyright (c) mmhoi contributors.
import csv
import pickle
from unittest.mock import patch

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData

from mmhoi.evaluation.functional import evaluate_hico_det
from mmhoi.evaluation.metrics import HICODetMetric
from mmhoi.label_spaces import load_label_space
from mmhoi.registry import METRICS
from mmhoi.structures import HOIDataSample, PairArrays

NUM_HOIS = 600
META = dict(
    hoi_classes=load_label_space('hico_det').hois,
    rare_hois=[3, 5, 8, 9],
    evaluated_hois=[2, 3, 4, 5, 8, 20])


def make_sample(img_id, seed=None, num_pairs=4):
    """A data sample; about half of its predictions are right."""
    rng = np.random.RandomState(img_id if seed is None else seed)
    boxes = rng.randint(0, 50, (2, num_pairs, 4)).astype(np.float32)
    boxes[..., 2:] += boxes[..., :2] + 10
    sub, obj = torch.from_numpy(boxes)
    hoi_labels = torch.zeros(num_pairs, NUM_HOIS)
    labels = torch.from_numpy(rng.choice([2, 3, 4, 5, 8], num_pairs))
    hoi_labels[torch.arange(num_pairs), labels] = 1
    hoi_labels[:, 4] = 1
    shift = torch.from_numpy(rng.randint(0, 2, (num_pairs, 1)) * 30.)
    scores = torch.from_numpy(rng.rand(num_pairs * 2))
    return HOIDataSample(
        metainfo=dict(img_id=img_id, img_path=f'images/{img_id}.jpg'),
        gt_hoi_instances=InstanceData(
            sub_bboxes=sub, obj_bboxes=obj, hoi_labels=hoi_labels),
        pred_hoi_instances=InstanceData(
            sub_bboxes=(sub + shift).repeat(2, 1),
            obj_bboxes=obj.repeat(2, 1),
            labels=torch.cat((labels, torch.full_like(labels, 4))),
            scores=scores))


def make_metric(meta=META, **kwargs):
    metric = HICODetMetric(**kwargs)
    metric.dataset_meta = meta
    return metric


def run(samples, size=None, **kwargs):
    metric = make_metric(**kwargs)
    metric.process({}, [sample.to_dict() for sample in samples])
    return metric.evaluate(len(samples) if size is None else size)


SAMPLES = [make_sample(i) for i in range(11)]


def pair_arrays(samples):
    gt, det = [], []
    for i, sample in enumerate(samples):
        truth, pred = sample.gt_hoi_instances, sample.pred_hoi_instances
        for pair, hoi in truth.hoi_labels.nonzero().tolist():
            gt.append((i, hoi, truth.sub_bboxes[pair].numpy(),
                       truth.obj_bboxes[pair].numpy()))
        for k in range(len(pred)):
            det.append((i, int(pred.labels[k]), pred.sub_bboxes[k].numpy(),
                        pred.obj_bboxes[k].numpy(), float(pred.scores[k])))
    return (PairArrays(*map(np.array, zip(*pairs))) for pairs in (gt, det))


def test_means_run_over_evaluated_classes():
    result = evaluate_hico_det(*pair_arrays(SAMPLES), num_hois=600)
    ap, recall = result.ap * 100, result.recall * 100
    metrics = run(SAMPLES)
    assert set(metrics) == {
        'hico/full', 'hico/rare', 'hico/non_rare', 'hico/recall'
    }
    assert 0 < metrics['hico/full'] < 100
    for name, ids in (('full', [2, 3, 4, 5, 8,
                                20]), ('rare', [3, 5,
                                                8]), ('non_rare', [2, 4, 20])):
        assert metrics[f'hico/{name}'] == pytest.approx(ap[ids].mean())
    # Class 20 has no annotation: 0 in the mAP, left out of the recall.
    assert metrics['hico/recall'] == pytest.approx(recall[[2, 3, 4, 5,
                                                           8]].mean())


def test_zero_shot_means():
    result = evaluate_hico_det(*pair_arrays(SAMPLES), num_hois=600)
    metrics = run(SAMPLES, zero_shot_split='rf_uc')
    for name, ids in (('unseen', [8]), ('seen', [2, 3, 4, 5, 20])):
        assert metrics[f'hico/{name}'] == pytest.approx(100 *
                                                        result.ap[ids].mean())


def test_splits_are_for_the_classes_of_hico_det():
    meta = dict(META, hoi_classes=[f'hoi {i}' for i in range(NUM_HOIS)])
    with pytest.raises(ValueError, match='"uv".*split of HICO-DET, but'):
        run(SAMPLES, zero_shot_split='uv', meta=meta)


def test_perfect_and_empty_predictions():
    perfect, empty = [], []
    for sample in SAMPLES:
        gt = sample.gt_hoi_instances
        pairs, labels = gt.hoi_labels.nonzero(as_tuple=True)
        pred = InstanceData(
            sub_bboxes=gt.sub_bboxes[pairs],
            obj_bboxes=gt.obj_bboxes[pairs],
            labels=labels,
            scores=torch.ones(len(labels)))
        perfect.append(sample.clone())
        perfect[-1].pred_hoi_instances = pred
        empty.append(sample.clone())
        empty[-1].pred_hoi_instances = pred[:0]
    meta = dict(META, evaluated_hois=[2, 3, 4, 5, 8])
    for samples, points in ((perfect, 100), (empty, 0)):
        for value in run(samples, meta=meta).values():
            assert value == pytest.approx(points)


def own_sample(img_id, pred_sub, pred_obj, scores):
    """A person who does HOI 0 to an object and HOI 2 to none.

    Each prediction claims both.
    """
    gt = InstanceData(
        sub_bboxes=torch.tensor([[10., 10, 50, 60]] * 2),
        obj_bboxes=torch.tensor([[40., 40, 90, 70], [0, 0, 0, 0]]),
        hoi_labels=torch.tensor([[1., 0, 0], [0, 0, 1]]))
    number = len(scores)
    pred = InstanceData(
        sub_bboxes=torch.tensor(pred_sub).repeat(2, 1),
        obj_bboxes=torch.tensor(pred_obj).repeat(2, 1),
        labels=torch.tensor([0] * number + [2] * number),
        scores=torch.tensor(scores).repeat(2))
    return HOIDataSample(
        metainfo=dict(img_id=img_id, img_path=f'{img_id}.jpg'),
        gt_hoi_instances=gt,
        pred_hoi_instances=pred)


def test_own_classes(tmp_path):
    """Three classes, one of them without object, none rare."""
    person, other = [10., 10, 50, 60], [60., 10, 90, 60]
    thing, elsewhere = [40., 40, 90, 70], [0., 0, 20, 20]
    samples = [
        own_sample(0, [other, person], [thing, thing], [.9, .8]),
        own_sample(1, [person], [elsewhere], [.7])
    ]
    meta = dict(
        classes=['person', 'dog'],
        hoi_classes=['walk dog', 'hug person', 'wave'],
        hoi_to_object=[1, 0, 2],
        rare_hois=[],
        evaluated_hois=[0, 2])
    path = tmp_path / 'classes.csv'
    metrics = run(samples, meta=meta, classwise_file=str(path))
    rows = list(csv.DictReader(path.read_text().splitlines()))
    # Of HOI 0 one of two is found, at precision 1/2; of HOI 2 both, at 1/2
    # and 2/3: 11 recall thresholds, the maximum to the right of each.
    assert [float(row['recall']) for row in rows] == [50, 100]
    assert [float(row['ap'])
            for row in rows] == pytest.approx([100 * 6 / 11 / 2, 100 * 2 / 3],
                                              abs=1e-4)
    assert metrics == {
        'hico/full': pytest.approx(100 * (3 / 11 + 2 / 3) / 2),
        'hico/recall': 75
    }


def gathered(samples, parts, interleave):
    """Metrics when `parts` processes deliver their lists of results."""
    metric = make_metric()
    metric.process({}, [s.to_dict() for s in samples])
    if interleave:
        collected = [r for i in range(parts) for r in metric.results[i::parts]]
    else:
        collected = list(metric.results)
    collected = pickle.loads(pickle.dumps(collected))

    def collect(results, size, *args, **kwargs):
        return collected[:size]

    with patch('mmengine.evaluator.metric.collect_results', collect):
        return metric.evaluate(len(SAMPLES))


@pytest.mark.parametrize('interleave', [False, True])
@pytest.mark.parametrize('padding', [0, 1, 5])
@pytest.mark.parametrize('where', ['end', 'start'])
def test_padded_samples_count_once(interleave, padding, where):
    pad = SAMPLES[:padding]
    samples = SAMPLES + pad if where == 'end' else pad + SAMPLES
    assert gathered(samples, 3, interleave) == run(SAMPLES)


def test_contiguous_parts_lose_no_image():
    # Each process pads its own part: the first 11 of 12 results hold a
    # duplicate, so that cutting off at 11 would lose the last image.
    samples = SAMPLES[:5] + SAMPLES[:1] + SAMPLES[5:]
    metrics = gathered(samples, 2, False)
    assert metrics == run(SAMPLES)
    assert metrics != run(SAMPLES[:-1])


def test_order_of_images_is_indifferent_with_ties():
    samples = [make_sample(i) for i in range(30)]
    for sample in samples:
        sample.pred_hoi_instances.scores[:] = 0.5
    assert run(samples) == run(samples[::-1])


def test_first_result_of_an_image_is_kept():
    other = make_sample(0, seed=99)
    assert run(SAMPLES + [other], size=11) == run(SAMPLES)
    assert run([other] + SAMPLES, size=11) != run(SAMPLES)


def test_missing_images_are_reported():
    path = 'mmhoi.evaluation.metrics.hoi_metric.print_log'
    with patch(path) as log:
        run(SAMPLES[:9], size=11)
    assert any('11 images, but 9' in call.args[0]
               for call in log.call_args_list)
    with patch(path) as log:
        run(SAMPLES)
    assert not any('but' in call.args[0] for call in log.call_args_list)


def test_table_and_class_file(tmp_path):
    path = tmp_path / 'new' / 'classes.csv'
    with patch('mmhoi.evaluation.metrics.hico_det_metric.print_log') as log:
        metrics = run(SAMPLES, classwise_file=str(path))
    table = log.call_args_list[0].args[0]
    for name in ('full', 'rare', 'non_rare'):
        assert f'{metrics["hico/" + name]:.2f}' in table
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [int(row['hoi_id']) for row in rows] == META['evaluated_hois']
    assert rows[1]['hoi'] == META['hoi_classes'][3]
    assert [row['rare'] for row in rows] == list('010110')
    assert np.mean([float(row['ap']) for row in rows]) == pytest.approx(
        metrics['hico/full'], abs=1e-4)
    assert sum(int(row['num_gt']) for row in rows[:5]) == sum(
        int(s.gt_hoi_instances.hoi_labels.sum()) for s in SAMPLES)


def test_builds_from_config_and_evaluates_dumped_samples():
    metric = METRICS.build(dict(type='HICODetMetric', prefix='other'))
    evaluator = Evaluator(metric)
    evaluator.dataset_meta = META
    dumped = pickle.loads(pickle.dumps([s.to_dict() for s in SAMPLES]))
    metrics = evaluator.offline_evaluate(dumped, chunk_size=4)
    assert metrics['other/full'] == run(SAMPLES)['hico/full']
    assert metric.results == []


def without(key):
    sample = make_sample(0).to_dict()
    del sample[key]
    return sample


@pytest.mark.parametrize('key, remedy', [
    ('gt_hoi_instances', 'LoadHOIAnnotations'),
    ('pred_hoi_instances', 'predict'),
    ('img_id', 'meta_keys'),
])
def test_incomplete_samples(key, remedy):
    with pytest.raises(KeyError, match=f'{key}.*{remedy}'):
        make_metric().process({}, [without(key)])


@pytest.mark.parametrize('key', ['hoi_classes', 'rare_hois', 'evaluated_hois'])
def test_incomplete_metainfo(key):
    meta = {k: v for k, v in META.items() if k != key}
    with pytest.raises(KeyError, match=f'metainfo .* lacks .*{key}'):
        run(SAMPLES, meta=meta)


def change(key, value, field='pred_hoi_instances'):
    sample = make_sample(4).to_dict()
    sample[field][key] = value
    return sample


@pytest.mark.parametrize('sample, message', [
    (change('labels', torch.full(
        (8, ), 600)), 'HOI id 600 was predicted for image 4.*num_hois'),
    (change('labels', torch.full((8, ), -1)), 'HOI id -1'),
    (change('scores', torch.full((8, ), float('nan'))), 'image 4.*diverged'),
    (change('sub_bboxes', torch.full((8, 4), float('inf'))), 'image 4'),
    (change('hoi_labels', torch.zeros(4, 263),
            'gt_hoi_instances'), r'shape \(4, 263\), expected \(P, 600\)'),
])
def test_bad_samples(sample, message):
    with pytest.raises(ValueError, match=message):
        make_metric().process({}, [sample])


def test_bad_arguments_and_results():
    with pytest.raises(ValueError, match='allowed: matlab, numpy'):
        HICODetMetric(recall_grid='area')
    with pytest.raises(ValueError, match='rf_uc'):
        HICODetMetric(zero_shot_split='nowhere')
    with pytest.raises(ValueError, match='no image'):
        run([])
    twin = make_sample(3)
    twin.set_metainfo(dict(img_path='images/other.jpg'))
    with pytest.raises(ValueError, match='img_id 3 .*3.jpg.*other.jpg'):
        run(SAMPLES + [twin])
