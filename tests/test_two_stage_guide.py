# Copyright (c) mmhoi contributors.
"""docs/en/user_guides/two_stage.md says what is so, and its method runs."""
import re
import sys
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.structures import InstanceData
from tiny_configs import read_config

from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads.pair_streams import PairRows
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules
from mmhoi.structures import HOIDataSample

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / 'docs/en/user_guides/two_stage.md').read_text()
SPACE = load_label_space('synhico')
CHOICES = re.findall(
    r'^\| `(inputs|classes|class_weights)` \| `(\w+)`[^|]*\| ([^|]*) \|$',
    PAGE, re.M)
METHODS = re.findall(r'^\| \[(\w+)\]\(\S+\) \|' + r'([^|]*)\|' * 4, PAGE, re.M)


@pytest.mark.parametrize('method', METHODS, ids=lambda row: row[0])
def test_parts_of_the_table(method):
    name, *parts = method
    model = read_config(f'{name}/{name}_r50_hico.py').model
    assert model.type == 'TwoStageHOIDetector'
    head = model.interaction_head
    composer = head.get('composer') or {}
    wanted = [[(model.get('train_pair_sampler') or {}).get('type')],
              [model.pair_proposer.type], [model.instance_features.type],
              [head.type, composer.get('type')]]
    assert [re.findall(r'`(\w+)`', part)
            for part in parts] == [[x for x in types if x] for types in wanted]


def test_all_methods_are_in_the_table():
    two_stage = {
        path.parent.name
        for path in (ROOT / 'configs').glob('*/*_r50_hico.py')
        if read_config(str(path.relative_to(ROOT / 'configs'))).model.type ==
        'TwoStageHOIDetector'
    }
    assert {row[0] for row in METHODS} == two_stage


def choices(head, what):
    """What the parts of a head's config choose."""
    if what == 'class_weights':
        return {(head.class_weights or {}).get('type')} - {None}
    streams = head.streams.values()
    if what == 'classes':
        return {stream.get('classes', 'hoi') for stream in streams}
    return {
        x.type
        for s in streams
        for x in s.inputs if not isinstance(x, str)
    }


def test_choices_of_the_head():
    told = {(what, choice, method)
            for what, choice, methods in CHOICES
            for method in methods.split(', ')}
    heads = {
        row[0]:
        read_config(f'{row[0]}/{row[0]}_r50_hico.py').model.interaction_head
        for row in METHODS
    }
    assert told == {(what, choice, method)
                    for method, head in heads.items()
                    if head.type == 'PairStreamHead'
                    for what in ('inputs', 'classes', 'class_weights')
                    for choice in choices(head, what)}


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The config of the page, beside the input of the page."""
    part, config = re.findall(r'```python\n(.*?)```', PAGE, re.S)
    (tmp_path / 'box_gap.py').write_text(part)
    path = tmp_path / 'gap_mini_synhico_rf-uc.py'
    path.write_text(config.replace('CONFIGS', str(ROOT / 'configs')))
    register_all_modules()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Config.fromfile(path)
    sys.modules.pop('box_gap', None)
    MODELS.module_dict.pop('BoxGap', None)


def sample():
    """A photo of 96 x 96 pixels with a pair, and boxes that were found."""
    data = HOIDataSample(
        metainfo=dict(
            img_shape=(96, 96), batch_input_shape=(96, 96), ori_shape=(96,
                                                                       96)))
    human, thing = [[10., 10., 50., 80.]], [[60., 30., 90., 80.]]
    data.gt_hoi_instances = InstanceData(
        sub_bboxes=torch.tensor(human),
        obj_bboxes=torch.tensor(thing),
        obj_labels=torch.tensor([1]),
        hoi_labels=torch.eye(len(SPACE.hois))[[3]],
        verb_labels=torch.eye(len(SPACE.verbs))[[3]])
    data.det_instances = InstanceData(
        bboxes=torch.tensor(human + thing),
        labels=torch.tensor([0, 1]),
        scores=torch.tensor([0.9, 0.8]))
    return data


def test_the_method_of_the_page(config):
    torch.manual_seed(0)
    model = MODELS.build(config.model)
    data, batch = sample(), dict(img=torch.randn(1, 3, 96, 96))
    pair = data.gt_hoi_instances
    gap = model.interaction_head.streams['layout'].input_0
    rows = PairRows(None, None, None, pair.sub_bboxes, pair.obj_bboxes, None,
                    None)
    assert gap(rows).tolist() == [[pytest.approx(10 / 70), 0]]
    losses = model.train().loss(batch, [data])
    assert losses.keys() == {'loss_layout', 'loss_look'}
    total, _ = model.parse_losses(losses)
    build_optim_wrapper(model, config.optim_wrapper).update_params(total)
    with torch.no_grad():
        pred, = model.eval().predict(batch, [data])
    assert len(pred.pred_hoi_instances)
