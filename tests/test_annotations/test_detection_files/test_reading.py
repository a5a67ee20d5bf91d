# Copyright (c) mmhoi contributors.
import json
import warnings

import numpy as np
import pytest

from mmhoi.annotations.detection_files import (FORMATS, Detections,
                                               detection_table,
                                               read_detections,
                                               write_detections)

# A person and a dog: label 16, COCO's id 18, the alphabet's 28th object.
BOXES = [[10, 20, 50.5, 60], [30, 30, 90, 70]]
LABELS, SCORES = [0, 16], [0.9, 0.25]
BOX = dict(image_id=1, category_id=1, bbox=[10, 20, 40, 40], score=0.5)
IMAGE = dict(boxes=BOXES, labels=LABELS, scores=SCORES)


def coco_results(classes, image_id=1):
    return [
        dict(
            image_id=image_id,
            category_id=category,
            bbox=[x1, y1, x2 - x1, y2 - y1],
            score=score)
        for (x1, y1, x2, y2), category, score in zip(BOXES, classes, SCORES)
    ]


def annotations(**extra):
    """A COCO annotation file with ids of its own."""
    return dict(
        categories=[dict(id=7, name='dog'),
                    dict(id=5, name='Person')],
        images=[dict(id=1, file_name='folder/a_3.jpg')],
        **extra)


def write_annotations(write):
    write(annotations(annotations=[]), 'instances.json')
    return write(coco_results([5, 7]))


def write_dump(write, name):
    path = write('', name)
    found = Detections(
        np.array(BOXES, np.float32), np.array([1, 0]),
        np.array(SCORES, np.float32))
    none = found.select(np.zeros(2, bool))
    write_detections(path, ['dog', 'person'], ['a_3.jpg', 'b.jpg'],
                     [found, none])
    return path


CASES = {
    'coco': (lambda write: write(coco_results([1, 18], 3)), 'coco'),
    'coco_text_id':
    (lambda write: write(coco_results([1, 18], 'a_3')), 'coco'),
    'coco_contiguous':
    (lambda write: write(coco_results([0, 16], 3)), 'label_space'),
    'coco_dict': (lambda write: write(coco_results([1, 3], 3)), {
        '1': 'person',
        '3': 'dog'
    }),
    'coco_annotations': (write_annotations, 'instances.json'),
    'coco_complete':
    (lambda write: write(annotations(annotations=coco_results([5, 7]))), None),
    'image': (lambda write: write(IMAGE, 'a_3.json'), 'label_space'),
    'image_alphabetical':
    (lambda write: write(dict(IMAGE, labels=[49, 28]), 'a_3.json'),
     'alphabetical'),
    'image_names': (lambda write: write(
        dict(IMAGE, labels=['person', 'dog'], size=[4, 5]), 'a_3.json'), None),
    'folder':
    (lambda write: write(dict(IMAGE, labels=[1, 0]), 'images/a_3.json').parent,
     ['dog', 'person']),
    'folder_objects':
    (lambda write:
     (write(dict(objects=['dog', 'person']), 'instances.json'),
      write(dict(IMAGE, labels=[1, 0]), 'images/a_3.json'))[1].parent,
     'instances.json'),
    'folder_text':
    (lambda write:
     (write('dog\nperson\n', 'names.txt'),
      write(dict(IMAGE, labels=[1, 0]), 'images/a_3.json'))[1].parent,
     'names.txt'),
    'dump_json': (lambda write: write_dump(write, 'boxes.json'), None),
    'dump_npz': (lambda write: write_dump(write, 'boxes.npz'), None),
}


@pytest.mark.parametrize('name', CASES)
def test_formats(write, space, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    make, categories = CASES[name]
    path = make(write)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        table = read_detections(path, space, categories=categories)
    kind = dict(
        dump='mmhoi', coco='coco', image='hicodet',
        folder='hicodet')[name.split('_')[0]]
    again = read_detections(path, space, kind, categories)
    for found in (table, again):
        boxes, labels, scores = found.find('data/a_3.jpg')
        assert boxes.dtype == scores.dtype == np.float32
        assert labels.dtype == np.int64
        np.testing.assert_array_equal(boxes, np.float32(BOXES))
        np.testing.assert_array_equal(labels, LABELS)
        np.testing.assert_array_equal(scores, np.float32(SCORES))
        assert found.find('c.jpg') is None
    for other in set(FORMATS) - {kind}:
        with pytest.raises(ValueError, match=f'not of the format "{other}"'):
            read_detections(path, space, other, categories)


def test_boxes_of_an_image_keep_their_order(write, space):
    rows = [
        dict(BOX, image_id=i, score=s)
        for i, s in ((2, .1), (1, .2), (2, .9), (1, .8))
    ]
    table = read_detections(write(rows), space, categories='coco')
    assert table.find('x_2.jpg').scores.tolist() == [
        np.float32(.1), np.float32(.9)
    ]
    assert table.find('other.jpg',
                      1).scores.tolist() == [np.float32(.2),
                                             np.float32(.8)]


@pytest.mark.parametrize('change, categories, message', [
    ({}, None, 'have class ids without names; give `categories`'),
    ({}, 'no.json', 'categories "no.json" are neither a file'),
    ({}, [], r'categories \[\] cannot be understood'),
    (dict(category_id=12), 'coco', 'class ids 12 have no name'),
    (dict(category_id=80), 'label_space', r'ids 80 .* \(ids 0..79\)'),
    (dict(category_id='dog'), 'coco', 'box 1 of the file: '),
    ({}, ['cup of tea', 'lamp'], 'no class of the boxes .lamp. is an object'),
    (dict(bbox=[1, 2, 3]), 'coco', 'box 1 .* bbox must be four numbers'),
    (dict(bbox=[1, 2, -3, 4]), 'coco', 'negative width'),
    (dict(bbox=[1, 2, float('nan'), 4]), 'coco', 'is not finite; 1 such'),
    (dict(bbox=[1, 2, float('inf'), 4]), 'coco', 'is not finite'),
    (dict(bbox=['a', 2, 3, 4]), 'coco', 'boxes.json": box 1 of'),
    (dict(bbox=None), 'coco', 'bbox must be four'),
    (dict(score=float('nan')), 'coco', 'is not finite'),
    (dict(score=97.), 'coco', 'no score in 0..1'),
    (dict(score=None), 'coco', 'and score a number'),
    (dict(image_id=1.5), 'coco', 'image_id 1.5 is neither'),
])
def test_bad_boxes(write, space, change, categories, message):
    path = write([BOX, dict(BOX, **change)])
    with pytest.raises((ValueError, FileNotFoundError), match=message) as e:
        read_detections(path, space, categories=categories)
    assert '\n' not in str(e.value)
    assert str(path) in str(e.value) or categories == 'no.json'


@pytest.mark.parametrize('content, message', [
    ('{"boxes": [[1', 'is not valid JSON'),
    ([], 'the list is empty: no box'),
    (dict(a=1), 'no known format'),
    (7, 'no known format'),
    ([{
        k: x
        for k, x in BOX.items() if k != 'score'
    }], 'box 0 .* lacks score'),
    (dict(boxes=BOXES, labels=LABELS), 'lacks scores'),
    (dict(IMAGE, scores=[1]), r'scores \(1,\); they must be'),
    (dict(IMAGE, scores='many'), 'are no arrays'),
    (dict(IMAGE, boxes=[[1, 2, 3, 4], [5]]), 'are no arrays'),
    (dict(IMAGE, boxes=[[1, 2, 3], [4, 5, 6]]), r'shape \(2, 3\)'),
    (dict(IMAGE, boxes=[[.1, .1, .5, .5], [.2, .2, 1, 1]]), 'fractions'),
    (dict(IMAGE, labels=[0, 80]), 'class ids 80 have no name'),
    (dict(IMAGE, labels=[0, 1.5]), 'neither a whole number nor a name'),
    (dict(annotations(), annotations=[dict(
        BOX, image_id=9)]), 'image_id 9 .1 of 1. is none of the 1 images'),
    (dict(annotations=[BOX, None]), '1 of its 2 entries are no boxes'),
    ([BOX, {}, 3], '2 of its 3 entries are no boxes'),
    (dict(annotations=[BOX], images=3), '`images` must be a list of dicts'),
    (dict(annotations=[BOX], images=[dict(id=None)]), '`images` must be a'),
    (dict(format='mmhoi_detections'), 'must have the lists classes and'),
    (dict(
        format='mmhoi_detections',
        classes=['dog'],
        images=[dict(IMAGE, file_name='a.jpg')]), 'whole numbers in 0..0'),
    (dict(
        format='mmhoi_detections',
        classes=['person'] * 17,
        images=[dict(IMAGE, file_name='a.jpg')] * 2), 'named twice'),
])
def test_bad_files(write, space, content, message):
    path = write(content)
    is_own = isinstance(content, dict) and 'format' in content
    with pytest.raises(ValueError, match=message) as error:
        read_detections(
            path, space, categories=None if is_own else 'label_space')
    assert '\n' not in str(error.value)
    assert str(path) in str(error.value)


def test_other_files(write, space, tmp_path):
    with pytest.raises(FileNotFoundError, match='do not exist; allowed: coco'):
        read_detections(tmp_path / 'no.json', space)
    with pytest.raises(ValueError, match='of no known format'):
        read_detections(write('', 'boxes.pkl'), space)
    with pytest.raises(ValueError, match='unknown format "yolo"'):
        read_detections(write([BOX]), space, 'yolo')
    with pytest.raises(ValueError, match='has no .json of an image'):
        read_detections(write('', 'empty/a.txt').parent, space)
    write(IMAGE, 'mixed/a.json')
    with pytest.raises(ValueError, match='b.json must have boxes, labels'):
        read_detections(
            write({}, 'mixed/b.json').parent, space, categories='coco')
    with pytest.raises(ValueError, match='leave out `categories`'):
        read_detections(
            write_dump(write, 'own.json'), space, categories='coco')


@pytest.mark.parametrize('change, message', [
    (dict(format='other'), 'format is other'),
    (dict(scores=None), 'wrong or missing: scores'),
    (dict(labels=np.array(['a', 'b'])), 'wrong or missing: labels'),
    (dict(labels=np.array([0, 2])), 'whole numbers in 0..1'),
    (dict(starts=np.array([0, 3, 2])), 'does not divide 2 boxes'),
    (dict(boxes=np.zeros((3, 4))), 'does not divide 3 boxes'),
    (dict(boxes=np.zeros((2, 3))), 'not .N, 4.'),
    (dict(boxes=np.array([object()])), 'cannot be read as .npz'),
])
def test_bad_npz(write, space, tmp_path, change, message):
    with np.load(write_dump(write, 'good.npz')) as file:
        arrays = {name: file[name] for name in file.files}
    arrays.update(change)
    np.savez(tmp_path / 'bad.npz', **{
        k: x
        for k, x in arrays.items() if x is not None
    })
    with pytest.raises(ValueError, match=message):
        read_detections(tmp_path / 'bad.npz', space)


def test_damaged_npz(write, space):
    with pytest.raises(ValueError, match='cannot be read as .npz'):
        read_detections(write('PK nothing', 'a.npz'), space)


def test_what_is_left_out_is_counted(write, space):
    rows = [BOX] + [dict(BOX, category_id=2, bbox=[1, 1, 0, 9])
                    ] + [dict(BOX, category_id=3) for _ in range(3)]
    path = write(rows)
    with pytest.warns(UserWarning) as caught:
        table = read_detections(
            path, space, categories=['', 'person', 'dog', 'lamp'])
    texts = [str(x.message) for x in caught]
    assert any('are left out: lamp (3)' in text for text in texts)
    assert any('1 of 5 boxes have no area' in text for text in texts)
    assert len(table.rows.boxes) == 1


def test_no_human(write, space):
    with pytest.warns(UserWarning, match='none of 1 boxes is of .* "person"'):
        read_detections(
            write([dict(BOX, category_id=18)]), space, categories='coco')


def test_zero_boxes(write, space):
    nothing = dict(boxes=[], labels=[], scores=[])
    with pytest.warns(UserWarning, match='none of 0 boxes'):
        table = read_detections(write(nothing, 'a.json'), space)
    assert table.find('a.jpg').boxes.shape == (0, 4)


def test_too_many_boxes(write, space, monkeypatch):
    monkeypatch.setattr(detection_table, 'MAX_BOXES_PER_IMAGE', 2)
    with pytest.raises(ValueError, match='image 1 has 3 boxes; at most 2'):
        read_detections(write([BOX] * 3), space, categories='coco')


def test_more_than_memory(write, space, monkeypatch):

    def no_memory(*args, **kwargs):
        raise MemoryError

    path = write([BOX])
    monkeypatch.setattr(json, 'loads', no_memory)
    with pytest.raises(ValueError, match='more boxes than the memory holds'):
        read_detections(path, space, categories='coco')


def test_a_file_cannot_name_another_one(write, space, tmp_path):
    (tmp_path / 'names.txt').write_text('person\nperson\n')
    content = dict(annotations=[BOX], categories=str(tmp_path / 'names.txt'))
    with pytest.raises(ValueError, match='class ids without names'):
        read_detections(write(content), space)
