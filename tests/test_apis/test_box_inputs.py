# Copyright (c) mmhoi contributors.
import json
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from video_files import write_video

from mmhoi.apis import HOIInferencer
from mmhoi.apis.box_inputs import with_given_boxes
from .conftest import CONFIG

# A person and a dog.
BOXES = dict(
    bboxes=[[10, 20, 50, 60], [30.5, 30, 90, 70]],
    labels=[0, 16],
    scores=[0.9, 0.25])


def laid_out_like_supervision(**changes):
    arrays = dict(
        xyxy=np.array(BOXES['bboxes']),
        class_id=np.array([1, 18]),
        confidence=np.array(BOXES['scores']),
        data=dict(class_name=np.array(['Person', 'dog'], object)))
    return SimpleNamespace(**dict(arrays, **changes))


@pytest.fixture
def engine(inferencer, monkeypatch):
    """An inferencer whose model does as if it took boxes."""
    monkeypatch.setattr(type(inferencer.model), 'TAKES_BOXES', True)
    monkeypatch.setattr(inferencer, 'pipeline',
                        inferencer._init_pipeline(inferencer.cfg))
    return inferencer


@pytest.fixture
def boxes_file(tmp_path):
    """Function that writes COCO results of the images of such numbers."""

    def write(*image_ids):
        path = tmp_path / 'boxes.json'
        path.write_text(
            json.dumps([
                dict(
                    image_id=image_id,
                    category_id=category,
                    bbox=[x1, y1, x2 - x1, y2 - y1],
                    score=score) for image_id in image_ids
                for category, (x1, y1, x2, y2), score in zip((
                    1, 18), BOXES['bboxes'], BOXES['scores'])
            ]))
        return path

    return write


def given(engine, inputs, boxes, **kwargs):
    """The boxes that the model gets of each image."""
    result = engine(inputs, boxes=boxes, return_datasamples=True, **kwargs)
    return [sample.det_instances for sample in result['predictions']]


@pytest.mark.parametrize('boxes', [
    BOXES,
    [BOXES],
    dict(BOXES, labels=['person', 'dog']),
    dict(BOXES, labels=[1, 18], categories='coco'),
    dict(BOXES, labels=[49, 28], categories='alphabetical'),
    dict(BOXES, labels=[1, 0], categories=['dog', 'person']),
    laid_out_like_supervision(),
    [laid_out_like_supervision(class_id=None)],
])
def test_ways_to_give_boxes(engine, scene, boxes):
    # Twice as large as what the model sees.
    image = scene.repeat(2, 0).repeat(2, 1)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        found, = given(engine, image, boxes)
    np.testing.assert_allclose(found.bboxes, np.array(BOXES['bboxes']) / 2)
    assert found.labels.tolist() == BOXES['labels']
    assert found.scores.tolist() == np.float32(BOXES['scores']).tolist()


def test_file(engine, scene, folder, boxes_file):
    path = boxes_file('a', 'c')
    boxes = dict(file=path, format='coco', categories='coco')
    images = [str(folder / name) for name in ('a.jpg', 'b.png', 'c.JPG')]
    with pytest.warns(UserWarning) as caught:
        found = given(engine, images, boxes, batch_size=2)
    assert [len(x) for x in found] == [2, 0, 2]
    assert any('1 of 3 images have no boxes' in str(x.message) for x in caught)
    # Arrays and frames are called as what is written of them.
    found, = given(engine, scene,
                   dict(file=boxes_file('00000000.jpg'), categories='coco'))
    assert len(found) == 2


def test_images_that_cannot_be_read_keep_their_place(engine, folder):
    images = [str(folder / name) for name in ('broken.jpg', 'a.jpg', 'b.png')]
    one = {key: values[:1] for key, values in BOXES.items()}
    none = {key: [] for key in BOXES}
    result = engine(
        images,
        boxes=[BOXES, one, none],
        return_datasamples=True,
        batch_size=3)
    broken, first, second = result['predictions']
    assert 'error' in broken
    assert len(first.det_instances) == 1
    assert len(second.det_instances) == 0


def test_video(engine, tmp_path):
    path = tmp_path / 'clip.mp4'
    write_video(path, 3)
    assert [len(x) for x in given(engine, str(path), [BOXES] * 3)] == [2] * 3
    with pytest.raises(ValueError, match='no `boxes` for clip: frame 2'):
        given(engine, str(path), [BOXES] * 2)
    boxes = tmp_path / 'frames/frame_000001.json'
    boxes.parent.mkdir()
    boxes.write_text(
        json.dumps(
            dict(
                boxes=BOXES['bboxes'],
                labels=['person', 'dog'],
                scores=BOXES['scores'])))
    with pytest.warns(UserWarning, match='no boxes of "frame_000000.jpg"'):
        found = given(engine, str(path), str(boxes.parent))
    assert [len(x) for x in found] == [0, 2, 0]


@pytest.mark.parametrize('boxes, error, message', [
    (dict(BOXES, scores=None), ValueError, r'boxes\[0\]: there are no scores'),
    (dict(BOXES, scores=[.5]), ValueError, r'scores of the shape \(1,\)'),
    (dict(BOXES, scores=[.5, 7]), ValueError, 'no score in 0..1'),
    (dict(BOXES, labels=[0, 80]), ValueError, 'class ids 80 have no name'),
    (dict(BOXES, labels=['lamp', 'door']), ValueError, 'no class of the'),
    (dict(BOXES, labels=[0]), ValueError, r'labels of the shape \(1,\)'),
    (dict(BOXES, bboxes=[[1, 2, 3]]), ValueError, r'not \(N, 4\)'),
    (dict(BOXES, bboxes=[[0, 0, .4, .4]] * 2), ValueError, 'fractions'),
    (dict(BOXES, bboxes=[[9, 9, 3, 12]] * 2), ValueError, 'row 0: box'),
    (dict(BOXES, bboxes=[[9, 9, np.nan, 12]] * 2), ValueError, 'not finite'),
    (dict(BOXES, bboxes='all'), ValueError, r'boxes\[0\]: '),
    (dict(BOXES, colours=[]), ValueError, 'unknown key "colours"; allowed: a'),
    (dict(file='a.json', labels=[]), ValueError, 'unknown key "labels"'),
    ('no.json', FileNotFoundError, 'boxes "no.json" do not exist'),
    ([BOXES, BOXES], ValueError, '`boxes` for 2 images and 1 images'),
    (7, TypeError, 'a int is no boxes; allowed: a file'),
    ([np.zeros((2, 4))], TypeError, 'a ndarray is no boxes'),
    (laid_out_like_supervision(data={}), ValueError, 'have no names'),
    (laid_out_like_supervision(confidence=None), ValueError, 'are no scores'),
])
def test_bad_boxes(engine, scene, boxes, error, message):
    with pytest.raises(error, match=message) as caught:
        engine(scene, boxes=boxes)
    assert '\n' not in str(caught.value)


def test_classes_that_are_unknown_are_left_out(engine, scene):
    with pytest.warns(UserWarning, match='are left out: lamp'):
        found, = given(engine, scene, dict(BOXES, labels=['person', 'lamp']))
    assert found.labels.tolist() == [0]


def test_file_of_other_images(engine, folder, boxes_file):
    boxes = dict(file=boxes_file('z'), categories='coco')
    with pytest.raises(ValueError, match='none of its 1 images'):
        engine(str(folder / 'a.jpg'), boxes=boxes)


def test_turned_images_are_told_once(engine, scene, tmp_path, boxes_file):
    """A file of boxes does not say in which of two frames they are."""
    exif = Image.Exif()
    exif[0x0112] = 6
    for number in (1, 2):
        Image.fromarray(scene).save(tmp_path / f'{number}.jpg', exif=exif)
    boxes = dict(file=boxes_file(1, 2), categories='coco')
    with pytest.warns(UserWarning) as told:
        given(engine, str(tmp_path), boxes)
    assert ['orientation 6' in str(x.message) for x in told].count(True) == 1


def test_models_that_find_boxes_themselves(inferencer, scene, tmp_path):
    with pytest.raises(TypeError, match='takes no `boxes`; leave them out'):
        inferencer(scene, boxes=BOXES, out_dir=str(tmp_path / 'out'))
    assert not (tmp_path / 'out').exists()


def test_pipelines():
    loads = [
        dict(type='DETRResize'),
        dict(type='mmhoi.LoadDetections', file='a.npz', score_thr=0.3),
        dict(type='PackHOIInputs')
    ]
    placed = dict(type='PlaceDetections', score_thr=0.3)
    assert with_given_boxes(loads) == [loads[0], placed, loads[2]]
    assert with_given_boxes(
        loads[::2]) == [loads[0],
                        dict(type='PlaceDetections'), loads[2]]


def test_without_boxes_nothing_changes(engine, scene):
    sample, = engine(scene, return_datasamples=True)['predictions']
    assert 'det_instances' not in sample


def test_two_stage_model(scene):
    engine = HOIInferencer(
        str(CONFIG.parents[1] / 'upt/upt_mini_synhico_roi.py'),
        device='cpu',
        show_progress=False)

    def pairs(boxes):
        return engine(scene, boxes=boxes)['predictions'][0]['hois']

    for hoi in pairs(BOXES):
        assert hoi['sub_bbox'] == BOXES['bboxes'][0]
        assert hoi['obj_bbox'] == BOXES['bboxes'][1]
        assert hoi['object'] == 'dog'
    assert len(pairs(BOXES)) > 0
    assert pairs(dict(BOXES, labels=['dog', 'dog'])) == []
    assert pairs(dict(bboxes=[], labels=[], scores=[])) == []
