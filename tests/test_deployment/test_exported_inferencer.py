# Copyright (c) mmhoi contributors.
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from mmhoi.deployment.export_check import (PREDICTION_TOLERANCE, TOLERANCE,
                                           output_differences,
                                           prediction_difference)
from mmhoi.utils.image_decoding import ImageReadError

PREDICT = """
import json, sys
module, name, path, image, *blocked = sys.argv[1:]
sys.modules.update(dict.fromkeys(blocked))
Inferencer = getattr(__import__(module, fromlist=[name]), name)
print(json.dumps(Inferencer(path)(image)['predictions']))
"""
NOT_NEEDED = ('cv2', 'mmcv', 'mmdet', 'mmengine', 'onnx', 'scipy')


def assert_equal(wanted, found):
    """Predictions of several images are the same up to single pixels."""
    assert len(wanted) == len(found)
    for one, other in zip(wanted, found):
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


def test_bad_images_do_not_stop_the_others(exported, inferencer, folder):
    paths = [str(folder / name) for name in ('a.jpg', 'broken.jpg', 'b.png')]
    paths.append(str(folder / 'no.jpg'))
    wanted = inferencer(paths, batch_size=4)['predictions']
    found = exported[0](paths, batch_size=4)['predictions']
    assert [wanted[1], wanted[3]] == [found[1], found[3]]
    assert_equal(wanted[::2], found[::2])
    with pytest.raises(ImageReadError, match='broken.jpg'):
        exported[0](paths[1])
    with pytest.raises(ImageReadError, match='is no image'):
        exported[0](np.zeros((2, 3, 5), np.uint8))


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
