# Copyright (c) mmhoi contributors.
import json

import cv2
import numpy as np
import pytest

from mmhoi.datasets import HICODetDataset
from mmhoi.setup_env import register_all_modules
from mmhoi.visualization import HOILocalVisualizer
from mmhoi.visualization.dataset_views import view_item

SUB, OBJ = [10, 20, 50, 60], [30, 30, 120, 70]  # the object leaves the image
FLIP = dict(type='mmdet.RandomFlip', prob=1.)
CLIP = dict(type='CLIPView', size=32)
LOAD, PACK = dict(type='LoadHOIAnnotations'), dict(type='PackHOIInputs')


@pytest.fixture
def make_dataset(tmp_path, make_record):
    """Function that makes a data set of one image of 100 x 80 pixels."""
    register_all_modules()

    def make(*transforms, test_mode=False, on_error='stop'):
        record = make_record(1, boxes=[(SUB, 1), (OBJ, 4)])
        (tmp_path / 'ann.json').write_text(json.dumps([record]))
        image = np.zeros((80, 100, 3), np.uint8)
        image[:, :50] = 255, 0, 0  # blue on the left, in BGR
        cv2.imwrite(str(tmp_path / record['file_name']), image)
        load = dict(type='LoadHOIImage', on_error=on_error)
        return HICODetDataset(
            'ann.json',
            data_root=str(tmp_path),
            data_prefix=dict(img_path=''),
            test_mode=test_mode,
            pipeline=[load, *transforms])

    return make


def box(view, name):
    return view.sample.gt_hoi_instances[f'{name}_bboxes'][0].tolist()


def test_original_and_model_input(make_dataset):
    dataset = make_dataset(LOAD, FLIP, CLIP, PACK)
    original, model, clip = view_item(dataset, 0, 'concat')
    assert original.caption == 'original, 100 x 80'
    assert model.caption == 'model input, 100 x 80, flipped'
    assert clip.caption == 'CLIP view, 32 x 32'
    # Boxes of the file are raw, those of training end with the image.
    assert box(original, 'sub') == SUB and box(original, 'obj') == OBJ
    assert box(model, 'sub') == [50, 20, 90, 60]
    assert box(model, 'obj') == [0, 30, 70, 70]
    # RGB, and the flip is in the image too. JPEG changes colours a little.
    for image, blue, black in ((original.image, (5, 5),
                                (5, 95)), (model.image, (5, 95), (5, 5)),
                               (clip.image, (5, 30), (5, 1))):
        np.testing.assert_allclose(image[blue], [0, 0, 255], atol=3)
        np.testing.assert_allclose(image[black], 0, atol=3)
    assert [view.name for view in view_item(dataset, 0, 'transformed')
            ] == ['model input', 'CLIP view']
    assert [view.name
            for view in view_item(dataset, 0, 'original')] == ['original']


def test_every_step_is_as_it_was_then(make_dataset):
    dataset = make_dataset(LOAD, FLIP, CLIP, PACK)
    views = view_item(dataset, 0, 'pipeline')
    assert [view.name for view in views] == [
        'LoadHOIImage', 'LoadHOIAnnotations', 'RandomFlip', 'CLIPView',
        'CLIP view'
    ]
    assert 'gt_hoi_instances' not in views[0].sample
    # Flips are done in place: earlier views must not change.
    assert box(views[1], 'sub') == SUB
    assert box(views[2], 'sub') == [50, 20, 90, 60]


def test_annotations_after_the_resize_fit_the_image(make_dataset):
    dataset = make_dataset(
        dict(type='DETRResize', scale=(200, 160)),
        dict(LOAD, clamp=False),
        PACK,
        test_mode=True)
    original, model = view_item(dataset, 0, 'concat')
    assert model.caption == 'model input, 200 x 160'
    assert box(original, 'sub') == SUB
    assert box(model, 'sub') == [2 * x for x in SUB]


def test_pipeline_of_a_detector(make_dataset):
    dataset = make_dataset(LOAD, FLIP, dict(type='mmdet.PackDetInputs'))
    view, = view_item(dataset, 0, 'transformed')
    assert box(view, 'sub') == [50, 20, 90, 60]


def test_drawn(make_dataset):
    visualizer = HOILocalVisualizer()
    dataset = make_dataset(LOAD, CLIP, PACK)
    visualizer.dataset_meta = dataset.metainfo
    model, clip = view_item(dataset, 0, 'transformed')
    assert model.draw(visualizer).shape == (614, 768, 3)
    # CLIP's view has no pairs.
    assert (clip.draw(visualizer) == clip.image).all()


@pytest.mark.parametrize('on_error', ['stop', 'skip'])
def test_unreadable_image(make_dataset, tmp_path, on_error):
    dataset = make_dataset(LOAD, PACK, on_error=on_error)
    path, = tmp_path.glob('*.jpg')
    path.write_bytes(b'')
    with pytest.raises(OSError, match=path.name):
        view_item(dataset, 0, 'transformed')


def test_unknown_mode(make_dataset):
    with pytest.raises(ValueError, match='mode "x" must be one of original'):
        view_item(make_dataset(LOAD, PACK), 0, 'x')
