# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.deployment import ONNXHOIInferencer


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
