# Copyright (c) mmhoi contributors.
"""Small MATLAB files with the structure of anno_bbox.mat and anno.mat."""
import numpy as np
from scipy.io import savemat

from mmhoi.label_spaces import load_label_space

BOX_FIELDS = ('x1', 'x2', 'y1', 'y2')
HOI_FIELDS = ('id', 'bboxhuman', 'bboxobject', 'connection', 'invis')


def structs(fields, rows):
    """A 1xN struct array."""
    array = np.zeros((1, len(rows)), dtype=[(field, 'O') for field in fields])
    for i, row in enumerate(rows):
        array[0, i] = tuple(row)
    return array


def bboxes(boxes):
    """A struct array of boxes, given as xyxy."""
    return structs(BOX_FIELDS, [(x1, x2, y1, y2) for x1, y1, x2, y2 in boxes])


def hoi(hoi_id, subs=(), objs=(), connection=(), invis=0):
    """Fields of one HOI; connection is 1-based."""
    table = np.array(connection, np.uint8).reshape(-1, 2)
    return hoi_id, bboxes(subs), bboxes(objs), table, invis


def image(file_name, hois, size=(640, 427)):
    """Fields of one image."""
    wh = structs(('width', 'height', 'depth'), [(*size, 3)])
    return file_name, wh, structs(HOI_FIELDS, hois)


def list_action():
    """The 600 HOIs, as a 600x1 struct array with cells and spelling."""
    space = load_label_space('hico_det')
    rows = [(space.objects[obj], space.verbs[verb], 'x')
            for verb, obj in zip(space.hoi_verbs, space.hoi_objects)]
    return structs(('nname', 'vname', 'vname_ing'), rows).T


def write_bbox_mat(path, **splits):
    """Write bbox_train and/or bbox_test, each a list of `image`s."""
    content = {
        f'bbox_{split}': structs(('filename', 'size', 'hoi'), images)
        for split, images in splits.items()
    }
    savemat(path, dict(list_action=list_action(), **content))


def write_anno_mat(path, anno_test, names):
    """Write anno_test (600, B) and list_test, a Bx1 cell of names."""
    cells = np.empty((len(names), 1), object)
    cells[:, 0] = names
    savemat(
        path,
        dict(list_action=list_action(), anno_test=anno_test, list_test=cells))
