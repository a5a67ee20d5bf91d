# Copyright (c) mmhoi contributors.
"""Small valid files, and the functions that read them."""
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from fuzz_mutations import (mutate_bbox_mat, mutate_json, mutate_json_lines,
                            mutate_mat, mutate_npz, mutate_only_bytes,
                            mutate_pickle)

from mmhoi.annotations import AnnotationReport
from mmhoi.annotations.detection_files import (Detections, read_detections,
                                               write_detections)
from mmhoi.annotations.hico_mat import check_actions, load_mat, mat_record
from mmhoi.annotations.hicodet_instances import (instances_records,
                                                 load_instances)
from mmhoi.annotations.hoia_validation import HOIAValidator, load_hoia
from mmhoi.datasets import HICODetDataset
from mmhoi.evaluation.hico_ground_truth import read_hico_ground_truth
from mmhoi.evaluation.prediction_io import (read_pair_predictions,
                                            write_pair_predictions)
from mmhoi.evaluation.prediction_io.vcoco_formats import (
    read_vcoco_predictions, write_vcoco_predictions)
from mmhoi.evaluation.swig_ground_truth import read_swig_ground_truth
from mmhoi.evaluation.vcoco_ground_truth import read_vcoco_ground_truth
from mmhoi.label_spaces import load_label_space
from mmhoi.label_spaces.swig import load_swig_label_space
from mmhoi.structures import PairArrays, PairPredictions, VCOCODetections

# Where mat_files and vcoco_files are, if this is not run by pytest.
sys.path.append(str(Path(__file__).resolve().parents[1]))

SPACE = load_label_space('hico_det')
IMAGE_IDS = np.array([3, 4, 9])


def make_predictions():
    """Five predictions for three images."""
    boxes = np.array([[1, 2, 30, 40.5]] * 5, np.float32)
    pairs = PairArrays(
        np.array([0, 0, 0, 2, 2]), np.array([0, 153, 154, 599, 0]), boxes,
        boxes + 3, np.float32([.5, .25, .75, .125, .375]))
    return PairPredictions(IMAGE_IDS, pairs,
                           np.array([[100, 90], [80, 90], [60, 70]]))


def make_record(image_id):
    """An entry in HOIA format, for HICO-DET and V-COCO."""
    return dict(
        file_name=f'image_{image_id:012d}.jpg',
        img_id=image_id,
        annotations=[
            dict(bbox=[1, 2, 30, 40], category_id=1),
            dict(bbox=[4, 5, 33, 43], category_id=4)
        ],
        hoi_annotation=[
            dict(subject_id=0, object_id=1, category_id=verb)
            for verb in (1, 20)
        ])


def make_hico_npz(folder):
    """Annotation of HICO-DET as arrays."""
    path, pairs = folder / 'gt.npz', make_predictions().pairs
    np.savez(
        path,
        image_id=IMAGE_IDS,
        gt_image=pairs.images,
        gt_hoi=pairs.labels,
        gt_human=pairs.sub_bboxes,
        gt_object=pairs.obj_bboxes)
    return path


def make_hoia(folder):
    """Annotation of three images as HOIA json."""
    path = folder / 'gt.json'
    path.write_text(json.dumps([make_record(int(i)) for i in IMAGE_IDS]))
    return path


def make_detections():
    """Two persons on V-COCO."""
    rng = np.random.RandomState(0)
    roles = np.concatenate((np.tile([1, 2, 30, 40],
                                    (2, 26, 2, 1)), rng.rand(2, 26, 2, 1)), -1)
    return VCOCODetections.from_dense(
        np.array([3, 9]), np.float32([[1, 2, 30, 40]] * 2),
        rng.rand(2, 26).astype(np.float32), roles.astype(np.float32))


def make_vcoco_npz(folder):
    """Annotation of V-COCO as arrays."""
    path = folder / 'gt.npz'
    np.savez(
        path,
        image_id=IMAGE_IDS,
        person_image_id=IMAGE_IDS,
        person_box=np.float32([[1, 2, 30, 40]] * 3),
        person_action=np.ones((3, 26), np.int8),
        person_role_box=np.full((3, 26, 2, 4), np.nan, np.float32))
    return path


def make_bbox_mat(folder):
    """HICO-DET's official annotation of two images."""
    from mat_files import hoi, image, write_bbox_mat

    path, box = folder / 'anno_bbox.mat', (1, 2, 30, 40)
    pair = hoi(154, [box], [box, box], [(1, 1), (1, 2)])
    images = [
        image('HICO_test2015_00000003.jpg', [pair, hoi(1, invis=1)]),
        image('HICO_test2015_00000004.jpg', [])
    ]
    write_bbox_mat(path, test=images)
    return path


def read_bbox_mat(path):
    content = load_mat(path, ('list_action', 'bbox_test'))
    for name in ('list_action', 'bbox_test'):
        if name not in content:
            raise KeyError(f'{path} lacks {name}')
    check_actions(content['list_action'], SPACE, path)
    for image in content['bbox_test'].ravel():
        mat_record(image, SPACE, 0, str(path), AnnotationReport())


def make_instances(folder):
    """Annotation as in instances_test2015.json."""
    path, box = folder / 'instances.json', [1., 2., 30., 40.]
    entry = dict(
        boxes_h=[box], boxes_o=[box], hoi=[153], object=[3], verb=[76])
    content = dict(
        annotation=[entry, entry],
        filenames=['HICO_test2015_00000003.jpg', 'HICO_test2015_00000004.jpg'],
        empty=[],
        objects=SPACE.objects,
        verbs=SPACE.verbs,
        correspondence=[[hoi, int(obj), int(verb)] for hoi, (
            obj, verb) in enumerate(zip(SPACE.hoi_objects, SPACE.hoi_verbs))],
        size=[[640, 480]] * 2)
    path.write_text(json.dumps(content))
    return path


def read_instances(path):
    instances_records(load_instances(path), SPACE, 0, AnnotationReport())


def make_swig(folder):
    """Annotation of two images in the format of SWIG-HOI."""
    from swig_data import entry

    return write_json(folder / 'swig.json', [entry(3), entry(4, hois=())])


def read_swig(path):
    from swig_data import write_categories

    with tempfile.TemporaryDirectory() as folder:
        tables = write_categories(Path(folder) / 'tables.json')
        space = load_label_space(str(tables))
    read_swig_ground_truth(path, space)


def make_swig_categories(folder):
    """Category file of SWIG-HOI as json."""
    from swig_data import write_categories

    return write_categories(folder / 'tables.json')


def make_swig_python(folder):
    """The same as the data set's own Python file."""
    from swig_data import write_categories

    return write_categories(folder / 'tables.py')


def read_swig_categories(path):
    load_swig_label_space(str(path))


def check_hoia(path):
    validator = HOIAValidator(SPACE, 0)
    list(map(str, validator.validate(load_hoia(path))))


def read_dataset(path):
    """All entries of a data set, none of whose images is read."""
    dataset = HICODetDataset(
        str(path), pipeline=[], test_mode=True, serialize_data=False)
    for index in range(len(dataset)):
        dataset.get_data_info(index)


def make_vcoco_labels(folder):
    """V-COCO's official labels of one person and COCO's boxes."""
    from vcoco_files import write_files

    golden = dict(
        image_id=IMAGE_IDS[:1],
        image_wh=np.array([[60, 70]]),
        ann_id=np.array([11, 12]),
        ann_image_id=IMAGE_IDS[[0, 0]],
        ann_category=np.array([1, 4]),
        ann_xywh=np.array([[1., 2, 30, 40]] * 2),
        ann_area=np.array([1200., 1200]),
        ann_iscrowd=np.zeros(2, int),
        ann_ignore=np.zeros(2, int),
        label_image_id=IMAGE_IDS[:1],
        label_ann_id=np.array([11]),
        label=np.ones((1, 26), int),
        label_role_ann_id=np.full((1, 26, 2), 12))
    path = folder / 'vcoco'
    path.mkdir()
    write_files(path, golden)
    return path


def read_vcoco_labels(path):
    read_vcoco_ground_truth(path / 'vcoco.json', [path / 'instances.json'])


def hico(name):
    """Function that writes HICO-DET predictions into a folder."""
    return lambda folder: write(write_pair_predictions, folder / name,
                                make_predictions(), SPACE)


def vcoco(name):
    """Function that writes V-COCO predictions into a folder."""
    return lambda folder: write(write_vcoco_predictions, folder / name,
                                make_detections())


def make_vcoco_json(folder):
    """Predictions on V-COCO as the official json of other programs."""
    box = [1, 2, 30, 40]
    return write_json(folder / 'a.json', [
        dict(
            image_id=3, person_box=box, ride_agent=.5, ride_instr=[*box, .25])
    ])


def boxes(name):
    """Function that writes boxes of a detector into a folder."""
    found = Detections(
        np.float32([[1, 2, 30, 40], [4, 5, 33, 43]]), np.array([0, 3]),
        np.float32([.5, .25]))
    return lambda folder: write(write_detections, folder / name, SPACE.objects,
                                ['image_3.jpg', 'image_4.jpg'], [found] * 2)


def make_coco_results(folder):
    """COCO results that name their classes and images."""
    boxes = [
        dict(image_id=i, category_id=1, bbox=[1, 2, 30, 40], score=.5)
        for i in (3, 4)
    ]
    return write_json(
        folder / 'coco.json',
        dict(
            annotations=boxes,
            categories=[dict(id=1, name='person')],
            images=[dict(id=i, file_name=f'{i}.jpg') for i in (3, 4)]))


def make_image_boxes(folder):
    """Boxes of one image."""
    return write_json(
        folder / 'image_3.json',
        dict(boxes=[[1, 2, 30, 40]], labels=['person'], scores=[.5]))


def read_boxes(path):
    return read_detections(path, SPACE)


def write_json(path, content):
    """Write json and return the path."""
    path.write_text(json.dumps(content))
    return path


def write(function, path, *content):
    """Write and return the path."""
    function(path, *content)
    return path


def read_hico(path):
    return read_pair_predictions(path, SPACE, IMAGE_IDS)


#: Name, function that writes a valid file into a folder and gives its path,
#: function that reads it, and one that changes its content at random.
DETECTIONS = {
    'hico_pkl': (hico('a.pkl'), read_hico, mutate_pickle),
    'hico_json': (hico('a.json'), read_hico, mutate_json),
    'hico_jsonl': (hico('a.jsonl'), read_hico, mutate_json_lines),
    'hico_npz': (hico('a.npz'), read_hico, mutate_npz),
    'hico_mat': (hico('folder'), read_hico, mutate_mat),
    'vcoco_pkl': (vcoco('a.pkl'), read_vcoco_predictions, mutate_pickle),
    'vcoco_json': (make_vcoco_json, read_vcoco_predictions, mutate_json),
    'vcoco_jsonl':
    (vcoco('a.jsonl'), read_vcoco_predictions, mutate_json_lines),
    'vcoco_npz': (vcoco('a.npz'), read_vcoco_predictions, mutate_npz),
    'boxes_json': (boxes('a.json'), read_boxes, mutate_json),
    'boxes_npz': (boxes('a.npz'), read_boxes, mutate_npz),
    'boxes_coco': (make_coco_results, read_boxes, mutate_json),
    'boxes_image': (make_image_boxes, read_boxes, mutate_json),
}
ANNOTATIONS = {
    'hico_gt_json': (make_hoia, read_hico_ground_truth, mutate_json),
    'hico_gt_npz': (make_hico_npz, read_hico_ground_truth, mutate_npz),
    'vcoco_gt_json': (make_hoia, read_vcoco_ground_truth, mutate_json),
    'vcoco_gt_npz': (make_vcoco_npz, read_vcoco_ground_truth, mutate_npz),
    'vcoco_labels': (make_vcoco_labels, read_vcoco_labels, mutate_json),
    'hicodet_instances': (make_instances, read_instances, mutate_json),
    'anno_bbox_mat': (make_bbox_mat, read_bbox_mat, mutate_bbox_mat),
    'hoia_validation': (make_hoia, check_hoia, mutate_json),
    'hoia_dataset': (make_hoia, read_dataset, mutate_json),
    'swig_gt_json': (make_swig, read_swig, mutate_json),
    'swig_categories':
    (make_swig_categories, read_swig_categories, mutate_json),
    'swig_categories_py':
    (make_swig_python, read_swig_categories, mutate_only_bytes),
}
