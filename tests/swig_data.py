# Copyright (c) mmhoi contributors.
"""A small world in the formats of SWIG-HOI."""
import json

CATEGORIES = [
    dict(id=0, name='person'),
    dict(id=1, name='hose'),
    dict(id=2, name='apple')
]
ACTIONS = [dict(id=0, name='wrapping'), dict(id=1, name='eating')]
INTERACTIONS = [
    dict(id=0, name='a', action_id=0, object_id=1, frequency=2, evaluation=1),
    dict(id=1, name='b', action_id=1, object_id=2, frequency=1, evaluation=1),
    dict(id=2, name='c', action_id=0, object_id=0, frequency=0, evaluation=1),
    dict(id=3, name='d', action_id=1, object_id=0, frequency=1, evaluation=0),
]
PERSON, HOSE, APPLE = (
    box_and_id
    for box_and_id in (([0, 0, 438, 509], 0), ([282, 217, 441, 317], 1),
                       ([247, 134, 566, 512], 2)))


def write_categories(path):
    """Write the tables as json or, by the ending, as the original Python."""
    if path.suffix == '.json':
        path.write_text(
            json.dumps(
                dict(
                    categories=CATEGORIES,
                    actions=ACTIONS,
                    interactions=INTERACTIONS)))
    else:
        path.write_text(f'# -*- coding: utf-8 -*-\n"""Tables."""\n'
                        f'SWIG_CATEGORIES = {CATEGORIES}\n'
                        f'SWIG_ACTIONS = {ACTIONS}\n'
                        f'SWIG_INTERACTIONS = {INTERACTIONS}\n')
    return path


def entry(number=7, boxes=(PERSON, HOSE, APPLE), hois=((0, 1, 0), (0, 2, 1))):
    """An entry; HOIs are (subject_id, object_id, action_id)."""
    return dict(
        file_name=f'wrapping_{number}.jpg',
        img_id=number,
        height=512,
        width=681,
        box_annotations=[
            dict(bbox=bbox, category_id=category, aux_category_id=[2])
            for bbox, category in boxes
        ],
        hoi_annotations=[
            dict(subject_id=sub, object_id=obj, action_id=action)
            for sub, obj, action in hois
        ])
