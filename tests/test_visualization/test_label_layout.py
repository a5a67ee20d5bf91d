# Copyright (c) mmhoi contributors.
import numpy as np
import pytest

from mmhoi.visualization.label_layout import place_labels


def intersections(rects, others):
    extent = np.minimum(rects[:, None, 2:], others[:, 2:]) - np.maximum(
        rects[:, None, :2], others[:, :2])
    return extent.clip(min=0).prod(2)


@pytest.mark.parametrize('num_labels', [1, 2, 12])
def test_labels_do_not_cover_each_other(num_labels):
    sizes = np.tile([120., 20.], (num_labels, 1))
    anchors = np.full((num_labels, 2), 300.)
    corners = place_labels(sizes, anchors, np.zeros((0, 4)), (640, 480))
    rects = np.hstack((corners, corners + sizes))
    assert (rects[:, :2] >= 0).all() and (rects[:, 2:] <= (640, 480)).all()
    shared = intersections(rects, rects)
    assert shared[~np.eye(num_labels, dtype=bool)].sum() == 0
    # The first one is at its anchor, the others are not far.
    distances = np.linalg.norm(corners + sizes / 2 - anchors, axis=1)
    assert distances[0] < 12 and distances.max() < 200


def test_label_avoids_a_box_nearby():
    box = np.array([[250., 200., 350., 260.]])
    corner, = place_labels(
        np.array([[80., 20.]]), np.array([[300., 230.]]), box, (640, 480))
    rect = np.concatenate((corner, corner + (80, 20)))[None]
    assert intersections(rect, box).sum() == 0
    assert np.abs(corner + (40, 10) - (300, 230)).max() < 120


def test_anchor_outside_and_label_larger_than_image():
    corners = place_labels(
        np.array([[50., 10.], [900., 10.]]),
        np.array([[-100., 9999.], [0., 0.]]), np.zeros((0, 4)), (640, 480))
    np.testing.assert_allclose(corners, [[0, 470], [0, 0]])
