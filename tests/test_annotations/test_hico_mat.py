# Copyright (c) mmhoi contributors.
import multiprocessing
import os
import signal

import mat_files
import numpy as np
import pytest
from scipy.io import loadmat

from mmhoi.annotations.annotation_report import AnnotationReport
from mmhoi.annotations.hico_mat import (check_actions, known_object_table,
                                        load_mat, mat_record)
from mmhoi.label_spaces import load_label_space

SPACE = load_label_space('hico_det')
SUBS = [[320, 306, 359, 349], [270, 303, 311, 350]]
OBJS = [[148, 345, 376, 414]]
NAME = 'HICO_test2015_00000001.jpg'


def convert(tmp_path, hois, origin=1, **kwargs):
    """Entry of one image after a trip through a file, and its report."""
    path = tmp_path / 'anno_bbox.mat'
    mat_files.write_bbox_mat(
        path, test=[mat_files.image(NAME, hois, **kwargs)])
    element, = load_mat(path, ['bbox_test'])['bbox_test'].ravel()
    report = AnnotationReport()
    record, = mat_record(element, SPACE, origin, 'bbox_test(1)', report)
    return record, report


@pytest.mark.parametrize('origin', [0, 1])
def test_first_official_test_image(tmp_path, origin):
    record, report = convert(
        tmp_path, [mat_files.hoi(246, SUBS, OBJS, [[1, 1], [2, 1]])], origin)
    shift = 1 - origin
    first, obj, second = (
        np.array(box) - shift for box in (SUBS[0], OBJS[0], SUBS[1]))
    assert record == dict(
        file_name=NAME,
        img_id=1,
        annotations=[
            dict(bbox=first.tolist(), category_id=1),
            dict(bbox=obj.tolist(), category_id=15),
            dict(bbox=second.tolist(), category_id=1)
        ],
        hoi_annotation=[
            dict(
                subject_id=0, object_id=1, category_id=88,
                hoi_category_id=246),
            dict(
                subject_id=2, object_id=1, category_id=88, hoi_category_id=246)
        ])
    assert not report


def test_connections_decide_which_boxes_belong_together(tmp_path):
    objs = [[1, 1, 5, 5], [6, 6, 9, 9], [20, 20, 30, 30]]
    record, _ = convert(
        tmp_path, [mat_files.hoi(154, SUBS, objs, [[2, 3], [1, 2], [2, 1]])])
    boxes = [a['bbox'] for a in record['annotations']]
    pairs = [(boxes[hoi['subject_id']], boxes[hoi['object_id']])
             for hoi in record['hoi_annotation']]
    assert pairs == [(SUBS[1], objs[2]), (SUBS[0], objs[1]),
                     (SUBS[1], objs[0])]


def test_hois_share_equal_boxes_only(tmp_path):
    moved = [[321, 306, 359, 349]]
    record, _ = convert(tmp_path, [
        mat_files.hoi(245, SUBS[:1], OBJS, [[1, 1]]),
        mat_files.hoi(246, SUBS[:1], OBJS, [[1, 1]]),
        mat_files.hoi(244, moved, OBJS, [[1, 1]])
    ])
    assert [(h['subject_id'], h['object_id'], h['hoi_category_id'])
            for h in record['hoi_annotation']] == [(0, 1, 245), (0, 1, 246),
                                                   (2, 1, 244)]


def test_a_person_as_object_and_as_subject_is_one_box(tmp_path):
    # hug person: HOI 163, both boxes have category 1.
    hug = SPACE.hois.index('hug person') + 1
    record, _ = convert(
        tmp_path, [mat_files.hoi(hug, SUBS, SUBS[::-1], [[1, 1], [2, 2]])])
    assert len(record['annotations']) == 2
    assert [(h['subject_id'], h['object_id'])
            for h in record['hoi_annotation']] == [(0, 1), (1, 0)]


def test_invisible_hois_are_counted_and_skipped(tmp_path):
    record, report = convert(tmp_path, [
        mat_files.hoi(5, invis=1),
        mat_files.hoi(246, SUBS, OBJS, [[1, 1]]),
        mat_files.hoi(6, invis=1)
    ])
    assert [h['hoi_category_id'] for h in record['hoi_annotation']] == [246]
    assert report.summary().startswith('2 x HOI that is in the image but has '
                                       f'no boxes (invis), left out ({NAME} ')


def test_image_without_hois_stays(tmp_path):
    record, report = convert(tmp_path, [])
    assert (record['annotations'], record['hoi_annotation']) == ([], [])
    assert not report


@pytest.mark.parametrize('bad, problem, place', [
    (mat_files.hoi(601, SUBS, OBJS, [[1, 1]]), 'HOI entry that cannot be read',
     'hoi(1): ValueError id 601 is not in 1..600'),
    (mat_files.hoi(0, SUBS, OBJS,
                   [[1, 1]]), 'HOI entry that cannot be read', 'hoi(1)'),
    (mat_files.hoi(np.inf, SUBS, OBJS,
                   [[1, 1]]), 'HOI entry that cannot be read', 'hoi(1)'),
    ((1, 7, 'x', [[1, 1]], 0), 'HOI entry that cannot be read', 'hoi(1)'),
    (mat_files.hoi(1, SUBS, OBJS, [[3, 1]]), 'connection to a box that does',
     'hoi(1).connection(1)'),
    (mat_files.hoi(1, SUBS, OBJS, [[1, 0]]), 'connection to a box that does',
     'hoi(1).connection(1)'),
    (mat_files.hoi(1, [[1, 2, np.nan, 4]], OBJS, [[1, 1]]),
     'box that is not finite', 'hoi(1).connection(1)'),
])
def test_bad_entry_loses_nothing_else(tmp_path, bad, problem, place):
    record, report = convert(
        tmp_path, [bad, mat_files.hoi(246, SUBS, OBJS, [[2, 1]])])
    assert [h['hoi_category_id'] for h in record['hoi_annotation']] == [246]
    assert f'1 x {problem}' in report.summary()
    assert f'{NAME} {place}' in report.summary()


@pytest.mark.parametrize('box, problem', [
    ([9, 9, 9, 20], 'empty or inverted box, kept'),
    ([0, 9, 20, 20], 'box that reaches out of its image, kept'),
    ([9, 9, 641, 20], 'box that reaches out of its image, kept'),
])
def test_odd_boxes_are_kept_and_counted(tmp_path, box, problem):
    record, report = convert(tmp_path,
                             [mat_files.hoi(1, [box], OBJS, [[1, 1]])])
    assert record['annotations'][0]['bbox'] == box
    assert report.summary(
    ) == f'1 x {problem} ({NAME} {np.array(box, float).tolist()})'


def test_unreadable_image_is_counted():
    report = AnnotationReport()
    element = mat_files.structs(('filename', 'size'), [('a.jpg', 3)])[0, 0]
    assert mat_record(element, SPACE, 1, 'bbox_test(7)', report) == []
    assert '1 x image entry that cannot be read' in report.summary()
    assert 'bbox_test(7)' in report.summary()


def test_other_hoi_order_is_refused():
    actions = mat_files.list_action()
    check_actions(actions, SPACE, 'a.mat')
    with pytest.raises(
            ValueError, match=r'a.mat: list_action\(1\) is "no_interaction '):
        check_actions(actions[::-1], SPACE, 'a.mat')
    with pytest.raises(ValueError, match='599 HOIs instead of 600'):
        check_actions(actions[:-1], SPACE, 'a.mat')


def test_known_object_rule(tmp_path):
    # airplane: HOIs 0..9; 1 counts, the other values do not.
    labels = np.full((600, 4), np.nan)
    labels[:10] = -1
    labels[3, 0], labels[4, 1], labels[9, 2] = 1, 0, 1
    labels[10, 3] = 1
    path = tmp_path / 'anno.mat'
    mat_files.write_anno_mat(
        path, labels, [f'HICO_test2015_{n:08}.jpg' for n in (9, 2, 5, 7)])
    ids, table = known_object_table(
        load_mat(path, ['anno_test', 'list_test']), SPACE)
    assert ids.tolist() == [9, 2, 5, 7]
    airplane, bicycle = (
        SPACE.objects.index(name) for name in ('airplane', 'bicycle'))
    assert table[airplane].tolist() == [True, False, True, False]
    assert table[bicycle].tolist() == [False, False, False, True]
    assert table.sum() == 3
    with pytest.raises(ValueError, match=r'shape \(600, 3\) instead of'):
        known_object_table(
            dict(
                anno_test=labels[:, :3],
                list_test=load_mat(path, ['list_test'])['list_test']), SPACE)


def test_damaged_and_other_files(tmp_path):
    path = tmp_path / 'anno_bbox.mat'
    with pytest.raises(FileNotFoundError, match='get anno_bbox.mat from'):
        load_mat(path, ['bbox_test'])
    mat_files.write_bbox_mat(
        path,
        test=[mat_files.image(NAME, [mat_files.hoi(1, SUBS, OBJS, [[1, 1]])])]
        * 9)
    with pytest.raises(
            ValueError,
            match='none of the variables bbox_train, '
            'only bbox_test, list_action|list_action, bbox_test'):
        load_mat(path, ['bbox_train'])
    content = path.read_bytes()
    for size in (0, 50, 200, len(content) // 2, len(content) - 9):
        path.write_bytes(content[:size])
        with pytest.raises(ValueError, match='cannot be read as a MATLAB'):
            load_mat(path, ['bbox_test', 'list_action'])


@pytest.mark.skipif(
    multiprocessing.get_start_method() != 'fork',
    reason='only a forked process sees the stand-in')
def test_a_crash_of_the_reader_is_an_error_like_others(tmp_path, monkeypatch):

    def crash(path, variable_names):
        os.kill(os.getpid(), signal.SIGSEGV)

    path = tmp_path / 'anno_bbox.mat'
    mat_files.write_bbox_mat(path, test=[mat_files.image(NAME, [])])
    monkeypatch.setattr('scipy.io.loadmat', crash)
    with pytest.raises(ValueError, match='damaged: reading it crashes'):
        load_mat(path, ['bbox_test'])


@pytest.mark.skipif(
    multiprocessing.get_start_method() != 'fork',
    reason='only a forked process sees the stand-in')
def test_this_process_does_not_read(tmp_path, monkeypatch):
    """A damaged file that another process survives may crash the next."""
    own = os.getpid()

    def read(path, variable_names):
        if os.getpid() == own:
            raise AssertionError('read in the process of the caller')
        return loadmat(path, variable_names=variable_names)

    path = tmp_path / 'anno_bbox.mat'
    mat_files.write_bbox_mat(path, test=[mat_files.image(NAME, [])])
    monkeypatch.setattr('scipy.io.loadmat', read)
    assert list(load_mat(path, ['bbox_test'])) == ['bbox_test']
