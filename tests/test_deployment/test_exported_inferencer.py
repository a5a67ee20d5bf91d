# Copyright (c) mmhoi contributors.
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
from video_files import write_video

from mmhoi.deployment.export_check import (PREDICTION_TOLERANCE, TOLERANCE,
                                           output_differences,
                                           prediction_difference)
from mmhoi.utils.image_decoding import ImageReadError

PREDICT = """
import json, sys
module, name, path, image, *blocked = sys.argv[1:]
sys.modules.update(dict.fromkeys(blocked))
Inferencer = getattr(__import__(module, fromlist=[name]), name)
inferencer = Inferencer(path, show_progress=False)
print(json.dumps(inferencer(image)['predictions']))
"""
NOT_NEEDED = ('cv2', 'mmcv', 'mmdet', 'mmengine', 'onnx', 'scipy')


def assert_equal(wanted, found):
    """Predictions of several images are the same up to single pixels."""
    assert len(wanted) == len(found)
    for one, other in zip(wanted, found):
        if 'error' in one:
            assert one == other
            continue
        assert one.keys() == other.keys() and one['hois']
        for name in 'img_path', 'width', 'height':
            assert one[name] == other[name]
        assert one['hois'][0].keys() == other['hois'][0].keys()
        largest, num_single = prediction_difference(one, other)
        assert largest <= PREDICTION_TOLERANCE and not num_single


def test_raw_outputs_of_several_sizes(exported):
    exported_inferencer, raw = exported
    for _, differences in output_differences(raw, exported_inferencer):
        assert differences.keys() == set(raw.output_names)
        assert max(differences.values()) <= TOLERANCE


def test_predictions_of_a_batch(exported, inferencer, scene):
    """Images of several sizes, one of which is padded."""
    images = [scene, scene[:100], cv2.resize(scene, (70, 130))]
    wanted = inferencer(images, batch_size=3)['predictions']
    assert_equal(wanted, exported[0](images, batch_size=3)['predictions'])


def make_inputs(kind, folder, scene):
    """What is predicted on."""
    if kind == 'video':
        write_video(folder / 'clip.mp4', 3)
        return folder / 'clip.mp4'
    return {
        'folder': folder,
        'pattern': f'{folder}/*.png',
        'list': [folder / 'no.jpg', folder / 'a.jpg', scene],
        'grey': scene[..., 0],
        'grey channel': scene[..., :1],
        'BGRA': np.concatenate([scene, scene[..., :1]], 2),
        'batch': np.stack([scene, 255 - scene]),
    }[kind]


@pytest.mark.filterwarnings('ignore:image ')
@pytest.mark.parametrize('kind', [
    'folder', 'pattern', 'list', 'grey', 'grey channel', 'BGRA', 'batch',
    'video'
])
def test_inputs(exported, inferencer, folder, scene, kind):
    """Each is read as `HOIInferencer` does, and what is unreadable does not
    stop the rest."""
    inputs = make_inputs(kind, folder, scene)
    wanted = inferencer(inputs, batch_size=4)['predictions']
    assert_equal(wanted, exported[0](inputs, batch_size=4)['predictions'])


def test_address(exported, folder):
    path = folder / 'a.jpg'
    wanted, = exported[0](path)['predictions']
    found, = exported[0](path.as_uri())['predictions']
    assert found == dict(wanted, img_path=path.as_uri())


def test_progress(exported, folder, monkeypatch, capsys):
    monkeypatch.setattr(exported[0], 'show_progress', True)
    monkeypatch.setattr(sys.stderr, 'isatty', lambda: True)
    exported[0](str(folder / 'a.jpg'))
    assert 'Inference' in capsys.readouterr().err


@pytest.mark.parametrize('inputs, options, error, message', [
    ('no.jpg', {}, ImageReadError, '"no.jpg" does not exist'),
    ('http://[', {}, ImageReadError, 'cannot be read'),
    (np.zeros((2, 3, 5), np.uint8), {}, ImageReadError, 'is no image'),
    ('no/*.jpg', {}, FileNotFoundError, 'no file matches'),
    (None, {}, TypeError, 'cannot predict on None'),
    ([], {}, ValueError, 'no image is given'),
    ('a.jpg', dict(batch_size=0), ValueError, 'batch_size=0'),
])
@pytest.mark.filterwarnings('ignore:(image|an array) ')
def test_refused(exported, inputs, options, error, message):
    with pytest.raises(error, match=message):
        exported[0](inputs, **options)


def test_unreadable_image_is_named(exported, folder):
    paths = [str(folder / 'broken.jpg'), str(folder / 'a.jpg')]
    with pytest.warns(UserWarning, match='broken.jpg" cannot be read'):
        exported[0](paths)


def test_other_packages_are_not_needed(exported, path, inferencer, folder):
    image = str(folder / 'a.jpg')
    cls = type(exported[0])
    blocked = NOT_NEEDED + (('torch', ) if path.suffix == '.onnx' else ())
    output = subprocess.run([
        sys.executable, '-c', PREDICT, cls.__module__, cls.__name__, path,
        image, *blocked
    ],
                            check=True,
                            capture_output=True,
                            text=True).stdout
    assert_equal(inferencer(image)['predictions'], json.loads(output))
