# Copyright (c) mmhoi contributors.
import csv
import json
import pickle
from unittest.mock import patch

import numpy as np
import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.structures import InstanceData
from vcoco_files import GOLDEN, write_files

from mmhoi.annotations import (HOIAParser, hoia_records, load_coco_instances,
                               load_vcoco_labels)
from mmhoi.evaluation.functional import evaluate_vcoco
from mmhoi.evaluation.metrics import VCOCOMetric
from mmhoi.evaluation.prediction_io.vcoco_formats import read_vcoco_predictions
from mmhoi.evaluation.vcoco_ground_truth import read_vcoco_ground_truth
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.vcoco_roles import VCOCO_VERBS
from mmhoi.registry import METRICS
from mmhoi.structures import HOIDataSample

NAMES = ('scenario_1', 'scenario_2', 'agent', 'mAP_all', 'mAP_thesis')
SPACE = load_label_space('vcoco')


@pytest.fixture(scope='module')
def records(tmp_path_factory):
    """The first 60 of V-COCO's images in tests/data in HOIA format."""
    labels, instances = write_files(
        tmp_path_factory.mktemp('vcoco'), dict(np.load(GOLDEN)))
    loaded = load_vcoco_labels(labels)
    return hoia_records(loaded, load_coco_instances([instances],
                                                    loaded.images))[:60]


def make_sample(record):
    """Annotation of an image; most of its predictions are near to it."""
    parser = HOIAParser(SPACE, 0, True)
    item = parser.parse(record)
    boxes = torch.tensor([x['bbox'] for x in item['instances']] + [[0.] * 4])
    labels = torch.tensor([x['bbox_label'] for x in item['instances']] + [80])
    sub = boxes[[pair['sub_id'] for pair in item['pairs']]]
    objects = [pair['obj_id'] for pair in item['pairs']]
    verb_labels, hoi_labels = (torch.zeros(len(objects), n) for n in (29, 263))
    for row, pair in enumerate(item['pairs']):
        verb_labels[row, pair['verbs']] = 1
        hoi_labels[row, pair['hois']] = 1
    rng = np.random.RandomState(record['img_id'] % 2**31)
    rows, hois = hoi_labels.nonzero(as_tuple=True)
    rows, hois = rows.repeat(2), hois.repeat(2)
    hois[rng.rand(len(hois)) < .3] = rng.randint(263)
    noise = rng.randint(0, 30, (2, len(rows), 4))
    # Sorted, so that boxes of zeros do not turn inside out.
    noise = torch.from_numpy(np.sort(noise)).float()
    return HOIDataSample(
        metainfo=dict(img_id=record['img_id'], img_path=record['file_name']),
        gt_instances=InstanceData(bboxes=boxes[:-1], labels=labels[:-1]),
        gt_hoi_instances=InstanceData(
            sub_bboxes=sub,
            obj_bboxes=boxes[objects],
            obj_labels=labels[objects],
            verb_labels=verb_labels,
            hoi_labels=hoi_labels),
        pred_hoi_instances=InstanceData(
            sub_bboxes=sub[rows] + noise[0],
            obj_bboxes=boxes[objects][rows] + noise[1],
            labels=hois,
            scores=torch.from_numpy(rng.rand(len(rows)))))


@pytest.fixture(scope='module')
def samples(records):
    return [make_sample(record).to_dict() for record in records]


def run(samples, size=None, **kwargs):
    metric = VCOCOMetric(**kwargs)
    metric.process({}, samples)
    return metric.evaluate(len(samples) if size is None else size)


@pytest.fixture(scope='module')
def expected(samples):
    return run(samples)


def test_equals_the_command_on_the_same_files(records, samples, expected,
                                              tmp_path):
    ann, dump = tmp_path / 'hoia.json', tmp_path / 'dump.pkl'
    ann.write_text(json.dumps(records))
    dump.write_bytes(
        pickle.dumps([
            dict(
                img_id=sample['img_id'],
                pred_hoi_instances={
                    k: v.numpy()
                    for k, v in sample['pred_hoi_instances'].items()
                }) for sample in samples
        ]))
    result = evaluate_vcoco(
        read_vcoco_ground_truth(ann).gt,
        read_vcoco_predictions(dump).det)
    for name, value in (('scenario_1', result.mean_role_ap(1)),
                        ('scenario_2', result.mean_role_ap(2)),
                        ('agent', result.mean_agent_ap())):
        assert expected[f'vcoco/{name}'] == pytest.approx(100 * value)
    assert set(expected) == {f'vcoco/{name}' for name in NAMES}
    assert 5 < expected['vcoco/scenario_1'] < expected['vcoco/scenario_2'] < 95
    assert 5 < expected['vcoco/mAP_all'] < 95


def perfect(sample):
    """The annotation itself as prediction, boxes inclusive."""
    gt = sample['gt_hoi_instances']
    rows, labels = gt['hoi_labels'].nonzero(as_tuple=True)
    return dict(
        sample,
        pred_hoi_instances=dict(
            sub_bboxes=gt['sub_bboxes'][rows],
            obj_bboxes=gt['obj_bboxes'][rows],
            labels=labels,
            scores=torch.ones(len(rows))))


def test_perfect_and_empty_predictions(samples):
    metrics = run([perfect(sample) for sample in samples])
    # Two interactions of these images are no class of the label space, and
    # two boxes are so small that one pixel counts.
    for name in NAMES:
        assert metrics[f'vcoco/{name}'] > 98
    empty = [
        dict(
            sample,
            pred_hoi_instances={
                k: v[:0]
                for k, v in sample['pred_hoi_instances'].items()
            }) for sample in samples
    ]
    assert set(run(empty).values()) == {0}


def test_persons_without_label_are_ignored(samples, expected):
    """A detection of them costs only if they are not in the annotation."""
    extra, alone = [], []
    for sample in samples:
        sample = dict(sample)
        pred = sample['pred_hoi_instances']
        box = torch.tensor([[900., 900., 950., 990.]])
        sample['pred_hoi_instances'] = dict(
            sub_bboxes=torch.cat((pred['sub_bboxes'], box)),
            obj_bboxes=torch.cat((pred['obj_bboxes'], box)),
            labels=torch.cat((pred['labels'], torch.tensor([0]))),
            scores=torch.cat((pred['scores'], torch.tensor([.999]))))
        alone.append({k: v for k, v in sample.items() if k != 'gt_instances'})
        gt = sample['gt_instances']
        sample['gt_instances'] = dict(
            bboxes=torch.cat((gt['bboxes'], box)),
            labels=torch.cat((gt['labels'], torch.tensor([0]))))
        extra.append(sample)
    ignored, counted = run(extra), run(alone)
    for name in NAMES[:3]:
        assert ignored[f'vcoco/{name}'] == expected[f'vcoco/{name}']
        assert counted[f'vcoco/{name}'] < expected[f'vcoco/{name}']
    # The HOIA-style protocol knows no such persons.
    assert ignored['vcoco/mAP_all'] == counted['vcoco/mAP_all']
    assert ignored['vcoco/mAP_all'] < expected['vcoco/mAP_all']


def test_ends_of_boxes(samples):
    """A narrow person is hit or missed by the last pixel."""
    sample = dict(samples[0])
    box = torch.tensor([[10., 10., 12., 40.]])
    verb, hoi = torch.zeros(1, 29), torch.zeros(1, 263)
    stand = VCOCO_VERBS.index('stand')
    verb[0, stand] = 1
    hoi_id = SPACE.hoi_verbs.tolist().index(stand)
    sample['gt_instances'] = dict(bboxes=box, labels=torch.zeros(1))
    sample['gt_hoi_instances'] = dict(
        sub_bboxes=box,
        obj_bboxes=box * 0,
        obj_labels=torch.tensor([80]),
        verb_labels=verb,
        hoi_labels=hoi)
    # Inclusive widths: 5 detected, of which 2 or 3 are annotated.
    sample['pred_hoi_instances'] = dict(
        sub_bboxes=torch.tensor([[10., 10., 14., 40.]]),
        obj_bboxes=box,
        labels=torch.tensor([hoi_id]),
        scores=torch.ones(1))
    assert run([sample])['vcoco/agent'] == 0
    assert run([sample], exclusive_ends=False)['vcoco/agent'] == 100


def gathered(samples, parts, interleave, size):
    """Metrics when `parts` processes deliver their lists of results."""
    metric = VCOCOMetric()
    metric.process({}, samples)
    if interleave:
        collected = [r for i in range(parts) for r in metric.results[i::parts]]
    else:
        collected = list(metric.results)
    collected = pickle.loads(pickle.dumps(collected))
    with patch('mmengine.evaluator.metric.collect_results',
               lambda results, size, *args, **kwargs: collected[:size]):
        return metric.evaluate(size)


@pytest.mark.parametrize('interleave', [False, True])
@pytest.mark.parametrize('padding', [0, 1, 5])
def test_padded_samples_count_once(samples, expected, interleave, padding):
    padded = samples + samples[:padding]
    assert gathered(padded, 3, interleave, len(samples)) == expected
    assert gathered(padded[::-1], 3, interleave, len(samples)) == expected


def test_results_of_an_image_are_small(samples):
    metric = VCOCOMetric()
    metric.process({}, samples)
    for result, sample in zip(metric.results, samples):
        pred = len(sample['pred_hoi_instances']['labels'])
        gt = int(sample['gt_hoi_instances']['verb_labels'].sum())
        persons = len(sample['gt_instances']['labels'])
        assert len(pickle.dumps(result)) < 2000 + 48 * (pred + gt + persons)


def test_tables_and_class_file(samples, tmp_path):
    path = tmp_path / 'new' / 'classes.csv'
    with patch('mmhoi.evaluation.metrics.vcoco_metric.print_log') as log:
        metrics = run(samples, classwise_file=str(path))
    text = '\n'.join(call.args[0] for call in log.call_args_list)
    for name in ('scenario_1', 'scenario_2', 'agent'):
        assert f'{metrics["vcoco/" + name]:.2f}' in text
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row['verb'] for row in rows] == list(VCOCO_VERBS)


def test_builds_from_config_and_evaluates_dumped_samples(samples, expected):
    evaluator = Evaluator(
        METRICS.build(dict(type='VCOCOMetric', prefix='other')))
    dumped = pickle.loads(pickle.dumps(samples))
    metrics = evaluator.offline_evaluate(dumped, chunk_size=7)
    for name in NAMES:
        assert metrics[f'other/{name}'] == expected[f'vcoco/{name}']


def changed(sample, key, value, field='pred_hoi_instances'):
    return dict(sample, **{field: dict(sample[field], **{key: value})})


def test_predicted_objects_of_the_model(samples):
    """They decide `mAP_all`, but not the official figures."""
    own, no_object = ([
        changed(
            perfect(sample), 'top_obj_labels',
            choose(perfect(sample)['pred_hoi_instances']['labels']))
        for sample in samples
    ] for choose in (
        lambda labels: torch.from_numpy(SPACE.hoi_objects)[labels],
        lambda labels: torch.full_like(labels, 80)))
    before = run([perfect(sample) for sample in samples])
    assert run(own) == pytest.approx(before)
    after = run(no_object)
    assert after['vcoco/mAP_all'] < before['vcoco/mAP_all'] - 10
    assert after['vcoco/scenario_1'] == before['vcoco/scenario_1']


def test_bad_samples(samples):
    first = samples[0]
    num = len(first['pred_hoi_instances']['labels'])
    for sample, message in ((changed(first, 'labels', torch.full(
        (num, ), 263)), 'HOI id 263 .*263 HOI classes'),
                            (changed(first, 'scores',
                                     torch.full((num, ), float('nan'))),
                             'diverged'), (changed(first, 'verb_labels',
                                                   torch.zeros(1, 117),
                                                   'gt_hoi_instances'),
                                           r'\(1, 117\), expected \(P, 29\)')):
        with pytest.raises(ValueError, match=message):
            VCOCOMetric().process({}, [sample])
    for key in ('img_id', 'gt_hoi_instances', 'pred_hoi_instances'):
        with pytest.raises(KeyError, match=key):
            VCOCOMetric().process({}, [{
                k: v
                for k, v in first.items() if k != key
            }])
    with pytest.raises(ValueError, match='no image'):
        run([])
