# Copyright (c) mmhoi contributors.
import pytest
import torch

from mmhoi.checkpoints import CheckpointMismatchError
from mmhoi.checkpoints.detector_classes import (check_detector_classes,
                                                detector_classes)
from mmhoi.label_spaces import load_label_space

COCO = load_label_space('hico_det').objects


@pytest.mark.parametrize('meta, rows, names', [
    (dict(dataset_meta=dict(classes=['a', 'b'])), 3, ('a', 'b')),
    (dict(dataset_meta=dict(CLASSES=('a', 'b'))), 3, ('a', 'b')),
    (dict(CLASSES=['a', 'b']), 3, ('a', 'b')),
    (dict(dataset_meta=None), 92, COCO),
    (dict(), 81, None),
    (dict(CLASSES=7), 3, None),
])
def test_names(meta, rows, names):
    state = {'class_embed.weight': torch.zeros(rows, 2)}
    assert detector_classes(dict(meta=meta, state_dict=state)) == names


@pytest.mark.parametrize('names, words', [
    (['person', 'traffic light'], None),
    (['Person', 'traffic_light'], None),
    (['traffic light', 'person'], 'object class 0 is "person" in the config'),
    (['person', 'cow'], 'objects only in the checkpoint: cow'),
])
def test_other_objects_are_refused(names, words):
    checkpoint = dict(meta=dict(CLASSES=names), state_dict={})
    if words is None:
        check_detector_classes(checkpoint, ['person', 'traffic_light'])
        return
    with pytest.raises(CheckpointMismatchError, match=words):
        check_detector_classes(checkpoint, ['person', 'traffic_light'])
