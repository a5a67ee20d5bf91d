# Copyright (c) mmhoi contributors.
import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from mmhoi.deployment import ONNXHOIInferencer
from mmhoi.deployment.onnx_check import (TOLERANCE, output_differences,
                                         prediction_difference)
from mmhoi.utils.image_decoding import ImageReadError

BLOCKED = """
import json, sys
for name in ('cv2', 'mmcv', 'mmdet', 'mmengine', 'onnx', 'scipy', 'torch'):
    sys.modules[name] = None
from mmhoi.deployment import ONNXHOIInferencer
print(json.dumps(ONNXHOIInferencer(sys.argv[1])(sys.argv[2])['predictions']))
"""


def assert_equal(wanted, found):
    """Predictions of several images are the same up to rounding."""
    assert len(wanted) == len(found)
    for one, other in zip(wanted, found):
        assert one.keys() == other.keys() and one['hois']
        for name in 'img_path', 'width', 'height':
            assert one[name] == other[name]
        assert one['hois'][0].keys() == other['hois'][0].keys()
        largest, num_single = prediction_difference(one, other)
        assert largest <= TOLERANCE and not num_single


def test_raw_outputs_of_several_sizes(exported):
    path, raw = exported
    for _, differences in output_differences(raw, ONNXHOIInferencer(path)):
        assert differences.keys() == set(raw.output_names)
        assert max(differences.values()) <= TOLERANCE


def test_predictions_of_a_batch(exported, inferencer, scene):
    """Images of several sizes, one of which is padded."""
    images = [scene, scene[:100], cv2.resize(scene, (70, 130))]
    wanted = inferencer(images, batch_size=3)['predictions']
    found = ONNXHOIInferencer(exported[0])(images, batch_size=3)
    assert_equal(wanted, found['predictions'])


def test_bad_images_do_not_stop_the_others(exported, inferencer, folder):
    paths = [str(folder / name) for name in ('a.jpg', 'broken.jpg', 'b.png')]
    paths.append(str(folder / 'no.jpg'))
    wanted = inferencer(paths, batch_size=4)['predictions']
    onnx_inferencer = ONNXHOIInferencer(exported[0])
    found = onnx_inferencer(paths, batch_size=4)['predictions']
    assert [wanted[1], wanted[3]] == [found[1], found[3]]
    assert_equal(wanted[::2], found[::2])
    with pytest.raises(ImageReadError, match='broken.jpg'):
        onnx_inferencer(paths[1])
    with pytest.raises(ImageReadError, match='is no image'):
        onnx_inferencer(np.zeros((2, 3, 5), np.uint8))


def test_own_vocabulary(tiny, scene, tmp_path):
    """Also a text that names no object."""
    pytest.importorskip('onnxscript')
    pytest.importorskip('onnxruntime')
    from mmhoi.apis import HOIInferencer
    from mmhoi.deployment.onnx_export import export_onnx
    path = tmp_path / 'model.onnx'
    inferencer = HOIInferencer(
        *tiny,
        device='cpu',
        show_progress=False,
        texts=['running', 'riding a horse'])
    export_onnx(inferencer, path, exporter='legacy')
    wanted = inferencer(scene)['predictions']
    assert_equal(wanted, ONNXHOIInferencer(path)(scene)['predictions'])


def test_torch_is_not_needed(exported, inferencer, folder):
    image = str(folder / 'a.jpg')
    output = subprocess.run(
        [sys.executable, '-c', BLOCKED,
         str(exported[0]), image],
        check=True,
        capture_output=True,
        text=True).stdout
    assert_equal(inferencer(image)['predictions'], json.loads(output))


def test_refused_models(tmp_path):
    pytest.importorskip('onnxruntime')
    onnx = pytest.importorskip('onnx')
    path = tmp_path / 'a.onnx'
    with pytest.raises(FileNotFoundError, match='does not exist'):
        ONNXHOIInferencer(path)
    path.write_bytes(b'no model')
    with pytest.raises(ValueError, match='damaged or no ONNX file'):
        ONNXHOIInferencer(path)
    value = onnx.helper.make_tensor_value_info('x', 1, [1])
    node = onnx.helper.make_node('Identity', ['x'], ['y'])
    output = onnx.helper.make_tensor_value_info('y', 1, [1])
    graph = onnx.helper.make_graph([node], 'g', [value], [output])
    opset = onnx.helper.make_opsetid('', 18)
    onnx.save(
        onnx.helper.make_model(graph, opset_imports=[opset], ir_version=9),
        path)
    with pytest.raises(ValueError, match='no metadata "mmhoi"'):
        ONNXHOIInferencer(path)
    with pytest.raises(ValueError, match='available are'):
        ONNXHOIInferencer(path, providers=['NoSuchProvider'])
