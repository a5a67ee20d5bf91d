# Copyright (c) mmhoi contributors.
"""What `tools/test.py --out` writes gives the figures that it printed."""
import json

import numpy as np
import pytest
import swig_data
import torch
from mmengine.structures import InstanceData
from PIL import Image

from mmhoi.datasets import HICODetDataset, SWIGHOIDataset, VCOCODataset
from mmhoi.evaluation.cli import main
from mmhoi.evaluation.metrics import (DumpHOIResults, HICODetMetric,
                                      SWIGMetric, VCOCOMetric)
from mmhoi.evaluation.prediction_io import write_pair_predictions
from mmhoi.label_spaces import load_label_space
from mmhoi.structures import PairArrays, PairPredictions

PIPELINE = [
    dict(type='mmhoi.LoadHOIImage'),
    dict(type='mmhoi.LoadHOIAnnotations', clamp=False),
    dict(type='mmhoi.PackHOIInputs')
]
ENDINGS = '.pkl', '.json', '.jsonl', '.npz'
PERSON, CUP = ([10, 20, 50, 60], 1), ([30, 30, 70, 70], 47)


def hico_records(make_record):
    return [make_record(n) for n in (1, 2, 3)], {}


def vcoco_records(make_record):
    verbs = load_label_space('vcoco').verbs
    hois = [(0, 1, verbs.index('hold_obj')), (0, -1, verbs.index('stand')),
            (0, 1, verbs.index('drink_instr'))]
    return [make_record(n, [PERSON, CUP], hois) for n in (1, 2, 3)], {}


def swig_records(tmp_path):
    path = swig_data.write_categories(tmp_path / 'tables.py')
    return [swig_data.entry(n) for n in (7, 9)], dict(label_space=str(path))


def run_metrics(dataset, metrics):
    """Evaluate made predictions, of which half are near the annotation."""
    rng = np.random.default_rng(0)
    samples = [item['data_samples'] for item in dataset]
    for sample in samples:
        gt, num = sample.gt_hoi_instances, 8
        rows, labels = gt.hoi_labels.nonzero(as_tuple=True)
        chosen = torch.from_numpy(rng.integers(0, len(rows), num))
        space = dataset.label_space
        labels = torch.where(
            torch.from_numpy(rng.random(num) < .5), labels[chosen],
            torch.from_numpy(rng.integers(0, len(space.hois), num)))
        noise = torch.from_numpy(rng.normal(0, 4, (2, num, 1)))
        sample.pred_hoi_instances = InstanceData(
            labels=labels,
            sub_bboxes=gt.sub_bboxes[rows[chosen]] + noise[0],
            obj_bboxes=gt.obj_bboxes[rows[chosen]] + noise[1],
            top_obj_labels=torch.from_numpy(space.hoi_objects[rng.permutation(
                labels.numpy())]),
            scores=torch.from_numpy(rng.random(num)))
    found = {}
    for metric in metrics:
        metric.dataset_meta = dataset.metainfo
        metric.process({}, [
            dict(
                sample.metainfo,
                gt_instances=dict(sample.gt_instances.items()),
                gt_hoi_instances=dict(sample.gt_hoi_instances.items()),
                pred_hoi_instances=dict(sample.pred_hoi_instances.items()))
            for sample in samples
        ])
        found.update(metric.evaluate(len(samples)))
    return found


@pytest.mark.parametrize('ending', ENDINGS)
@pytest.mark.parametrize('name', ['hico', 'vcoco', 'swig'])
def test_same_figures(name, ending, tmp_path, make_record, capsys):
    records, kwargs = {
        'hico': lambda: hico_records(make_record),
        'vcoco': lambda: vcoco_records(make_record),
        'swig': lambda: swig_records(tmp_path)
    }[name]()
    for record in records:
        Image.new('RGB', (681, 512)).save(tmp_path / record['file_name'])
    ann, dump = tmp_path / 'ann.json', tmp_path / f'dump{ending}'
    ann.write_text(json.dumps(records))
    cls, metric, origin = dict(
        hico=(HICODetDataset, HICODetMetric, 1),
        vcoco=(VCOCODataset, VCOCOMetric, 0),
        swig=(SWIGHOIDataset, SWIGMetric, 0))[name]
    dataset = cls(
        ann_file=str(ann),
        data_prefix=dict(img_path=str(tmp_path)),
        bbox_origin=origin,
        pipeline=PIPELINE,
        test_mode=True,
        **kwargs)
    found = run_metrics(dataset, [metric(), DumpHOIResults(str(dump))])

    def evaluate(*args):
        out = tmp_path / 'out.json'
        if name == 'swig':
            args = *args, '--categories', kwargs['label_space']
        assert main([
            str(dump), '--dataset', name, '--ann',
            str(ann), '--json',
            str(out), '--overwrite', *args
        ]) == 0
        return json.loads(out.read_text())

    figures = evaluate()
    if name == 'vcoco':
        hoia = evaluate('--protocol', 'hoia')['hoia']
        figures = dict(
            agent=figures['agent']['mean'],
            scenario_1=figures['scenario_1']['mean'],
            scenario_2=figures['scenario_2']['mean'],
            mAP_all=hoia['mAP_all'],
            mAP_thesis=hoia['mAP_thesis'])
    else:
        figures = figures.get('default', figures)
    assert found
    for key, value in found.items():
        expected = 100 * figures[key.split('/')[1]]
        assert value == pytest.approx(expected, nan_ok=True), key
    assert any(value > 1 for value in found.values())


def test_dumps_have_the_ids_of_their_label_space(tmp_path):
    space = load_label_space('vcoco')
    box = np.array([[0., 0., 9., 9.]])
    predictions = PairPredictions(
        np.array([7]),
        PairArrays(np.array([0]), np.array([200]), box, box, np.array([.5])))
    path = tmp_path / 'a.json'
    write_pair_predictions(path, predictions, space)
    found = json.loads(path.read_text())[0]['pred_hoi_instances']
    assert found['obj_labels'] == [space.hoi_objects[200]]
    assert found['verb_labels'] == [space.hoi_verbs[200]]
    with pytest.raises(ValueError, match='HICO-DET only, not for "vcoco"'):
        write_pair_predictions(tmp_path / 'mat', predictions, space)
    predictions.pairs.labels[:] = 300
    with pytest.raises(ValueError, match='300 in labels.*0..262'):
        write_pair_predictions(path, predictions, space)
