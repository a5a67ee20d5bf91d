# Copyright (c) mmhoi contributors.
"""A model with a row for each class, and checkpoints of it."""
from copy import deepcopy

import torch
from torch import nn

from mmhoi.checkpoints.class_record import KEY, class_record
from mmhoi.label_spaces import ClassNames, load_label_space

CLASSES = dict(
    objects=['dog', 'horse'],
    verbs=['hug', 'ride', 'feed'],
    hois=[
        dict(verb='hug', object='dog'),
        dict(verb='ride', object='horse'),
        dict(verb='feed', object='dog'),
    ])


def changed(**lists):
    """`CLASSES` with other lists."""
    return dict(deepcopy(CLASSES), **lists)


REVERSED = {key: changed(**{key: CLASSES[key][::-1]}) for key in CLASSES}
MORE_VERBS = changed(
    verbs=[*CLASSES['verbs'], 'wash'],
    hois=[dict(verb='wash', object='dog'), *CLASSES['hois']])
OTHER_PROMPT = changed(
    hois=[dict(CLASSES['hois'][0], prompt='a hug'), *CLASSES['hois'][1:]])


class Head(nn.Module):
    """Three weights, a row for each object, verb and HOI."""

    zero_shot_split = None

    def __init__(self, classes, clip=True):
        super().__init__()
        self.label_space = load_label_space(classes)
        self.clip = dict() if clip else None
        rows = self.class_rows(ClassNames.of_space(self.label_space))
        self.texts = nn.Module()
        self.texts.weight = nn.Parameter(
            torch.zeros(len(rows['texts.weight']), 1))
        self.objects = nn.Parameter(torch.zeros(len(rows['objects'])))
        self.verbs = nn.Parameter(torch.zeros(len(rows['verbs']), 2))

    @property
    def num_hois(self):
        return len(self.label_space.hois)

    def class_rows(self, names):
        return {
            'objects': names.object_rows,
            'verbs': names.verbs,
            'texts.weight': names.hois
        }

    def named_rows(self):
        """The number of each class's row."""
        names = ClassNames.of_space(self.label_space)
        return {
            row: float(self.get_parameter(weight)[i].detach().mean())
            for weight, rows in self.class_rows(names).items()
            for i, row in enumerate(rows)
        }


class Model(nn.Module):

    def __init__(self, classes=CLASSES, **kwargs):
        super().__init__()
        self.hoi_head = Head(classes, **kwargs)


def trained(classes=CLASSES, **kwargs):
    """A model whose rows all have a number of their own."""
    model = Model(classes, **kwargs)
    for start, weight in enumerate(model.parameters(), 1):
        weight.data += torch.arange(len(weight)).reshape(
            -1, *[1] * (weight.ndim - 1)) + 10 * start
    return model


def checkpoint_of(model, old=False):
    """Its checkpoint; `old`: of a version that noted names only."""
    meta = dict(dataset_meta=model.hoi_head.label_space.metainfo())
    if not old:
        meta[KEY] = class_record(model.hoi_head)
    return deepcopy(dict(state_dict=dict(model.state_dict()), meta=meta))
