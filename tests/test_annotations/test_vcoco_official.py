# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest
from vcoco_files import GOLDEN, coco_instances, vcoco_actions, write_files

from mmhoi.annotations import load_coco_instances, load_vcoco_labels


@pytest.fixture(scope='module')
def golden():
    return dict(np.load(GOLDEN))


@pytest.fixture(scope='module')
def files(golden, tmp_path_factory):
    return write_files(tmp_path_factory.mktemp('vcoco'), golden)


def test_labels(golden, files):
    names = 'label_image_id', 'label_ann_id', 'label', 'label_role_ann_id'
    for values, name in zip(load_vcoco_labels(files[0]), names):
        np.testing.assert_array_equal(values, golden[name])


def test_order_of_actions_in_the_file_is_indifferent(golden, tmp_path):
    path = tmp_path / 'vcoco.json'
    path.write_text(json.dumps(vcoco_actions(golden)[::-1]))
    np.testing.assert_array_equal(
        load_vcoco_labels(path).labels, golden['label'])


def test_instances_of_the_wanted_images(golden, files):
    wanted = golden['image_id'][[7, 3, 7]]
    instances = load_coco_instances([files[1]], wanted)
    assert instances.image_ids.tolist() == sorted(set(wanted.tolist()))
    mask = np.isin(golden['ann_image_id'], wanted)
    for values, name in ((instances.images,
                          'ann_image_id'), (instances.ann_ids, 'ann_id'),
                         (instances.categories,
                          'ann_category'), (instances.xywh, 'ann_xywh'),
                         (instances.areas, 'ann_area'), (instances.ignored,
                                                         'ann_ignore')):
        np.testing.assert_array_equal(values, golden[name][mask])
    rows = np.searchsorted(golden['image_id'], instances.image_ids)
    np.testing.assert_array_equal(instances.image_wh, golden['image_wh'][rows])


def test_instances_in_two_files(golden, tmp_path):
    table = coco_instances(golden)
    half = set(golden['image_id'][:150].tolist())
    paths = [tmp_path / 'a.json', tmp_path / 'b.json']
    for path, is_first in zip(paths, (True, False)):
        path.write_text(
            json.dumps(
                dict(
                    images=[
                        x for x in table['images']
                        if (x['id'] in half) == is_first
                    ],
                    annotations=[
                        x for x in table['annotations']
                        if (x['image_id'] in half) == is_first
                    ])))
    instances = load_coco_instances(paths, golden['image_id'])
    assert len(instances.ann_ids) == len(golden['ann_id'])
    with pytest.raises(ValueError, match='150 of 300 images are missing'):
        load_coco_instances(paths[:1], golden['image_id'])
    with pytest.raises(ValueError, match='image id .* occurs twice.*overlap'):
        load_coco_instances([paths[0], *paths], golden['image_id'])


def without(key):

    def change(content):
        del content[3][key]

    return change


def setting(key, value, index=None):

    def change(content):
        if index is None:
            content[3][key] = value
        else:
            content[3][key][index] = value

    return change


@pytest.mark.parametrize('change, message', [
    (without('ann_id'), r'\[3\] lacks ann_id'),
    (setting('action_name', 'fly'), 'differing: fly, ride'),
    (setting('action_name', ['fly']), 'differing: .*fly'),
    (setting('action_name', None), 'differing: None, ride'),
    (setting('role_name', ['agent']), r"ride has the roles \['agent'\]"),
    (setting('label', 2, 6), r'label\[6\] of action ride is 2'),
    (setting('label', [0, 1]), '`label` of action ride has 2 entries'),
    (setting('label', None), '`label` of action ride must hold whole'),
    (setting('role_object_id', [0.5] * 940), 'ride must hold whole numbers'),
    (setting('label',
             [[0], 1] * 235), 'label` of action ride must hold whole'),
    (setting('label', float('nan'), 3), '`label` of action ride must hold'),
    (setting('image_id', 5, 6), r'image_id\[6\] of action ride is 5, but'),
    (setting('ann_id', ['x'] * 470), 'ann_id` of action ride must hold whole'),
    (lambda content: content.pop(), 'it has 25 entries'),
    (lambda content: content.append('x'), 'dict for each action'),
])
def test_malformed_labels(golden, tmp_path, change, message):
    content = vcoco_actions(golden)
    change(content)
    path = tmp_path / 'vcoco.json'
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=f'vcoco.json.*{message}') as error:
        load_vcoco_labels(path)
    assert 's-gupta/v-coco' in str(error.value)


def test_a_person_twice(golden, tmp_path):
    content = vcoco_actions(golden)
    for action in content:
        action['ann_id'][6] = action['ann_id'][2]
    path = tmp_path / 'vcoco.json'
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r'person ann_id\[6\]=\d+ occurs'):
        load_vcoco_labels(path)


BOX = dict(id=5, image_id=1, category_id=1, bbox=[1, 1, 5, 5])
IMAGE = dict(id=1, file_name='a.jpg', width=9, height=9)


@pytest.mark.parametrize('images, annotations, message', [
    ([IMAGE], [{
        **BOX, 'bbox': [1, 1, 5]
    }], r'annotations\[0\] of image 1'),
    ([IMAGE], [BOX, {
        **BOX, 'bbox': [1, 1, 5, None]
    }], r'annotations\[1\] of image 1'),
    ([IMAGE], [{
        **BOX, 'category_id': 91
    }], 'category_id 91'),
    ([IMAGE], [{
        **BOX, 'category_id': [1]
    }], 'annotations'),
    ([IMAGE], [{
        **BOX, 'area': None
    }], 'and area None'),
    ([IMAGE], [{
        **BOX, 'id': [5]
    }], r'has id \[5\]'),
    ([{
        **IMAGE, 'width': 0
    }], [], r'images\[0\] has id, width and height \[1, 0, 9\]'),
    ([{
        **IMAGE, 'id': 'one'
    }], [], r'images\[0\] has id'),
    ([{
        **IMAGE, 'height': 10**400
    }], [], r'images\[0\] has id'),
    ([IMAGE], [{
        **BOX, 'bbox': [1, 1, 5, 10**400]
    }], r'annotations\[0\] of image 1'),
    ([IMAGE], [{
        **BOX, 'id': 2**64
    }], r'annotations\[0\] of image 1'),
    ([IMAGE], [BOX, BOX], 'annotation id 5 occurs twice'),
    ([IMAGE], [{
        'id': 5
    }], r'annotations\[0\] lacks image_id, category_id, bbox'),
    ([{
        'id': 1
    }], [], r'images\[0\] lacks file_name, width, height'),
    ([], [], '1 of 1 images are missing, first 1'),
    (None, [], 'lists `images` and `annotations`'),
])
def test_malformed_instances(tmp_path, images, annotations, message):
    path = tmp_path / 'instances.json'
    path.write_text(json.dumps(dict(images=images, annotations=annotations)))
    with pytest.raises(ValueError, match=f'instances.json.*{message}'):
        load_coco_instances([path], np.array([1]))


@pytest.mark.parametrize('content', ['[1, 2', '', '\ufffd', '[' * 100000])
def test_damaged_files(tmp_path, content):
    path = tmp_path / 'cut.json'
    path.write_text(content)
    for load in (load_vcoco_labels,
                 lambda path: load_coco_instances([path], np.array([1]))):
        with pytest.raises(ValueError, match='cut.json is not valid JSON'):
            load(path)
        with pytest.raises(FileNotFoundError, match='nowhere.json'):
            load(tmp_path / 'nowhere.json')
