# Copyright (c) mmhoi contributors.
import cv2
import pytest

from mmhoi.deployment import ONNXHOIInferencer
from mmhoi.deployment.torch_inferencer import TorchHOIInferencer

CONFIG = 'hoiclip_mini_synhico'


@pytest.fixture
def export(run_tool):

    def run(*args):
        return run_tool('deployment/export_model', CONFIG, *args)

    return run


@pytest.mark.parametrize('name, options, inferencer', [
    ('model.onnx', ['--exporter', 'legacy'], ONNXHOIInferencer),
    ('model.pt2', [], TorchHOIInferencer),
])
def test_export_and_verify(export, mini_checkpoint, scene, tmp_path, capsys,
                           name, options, inferencer):
    if name == 'model.onnx':
        pytest.importorskip('onnxscript')
        pytest.importorskip('onnxruntime')
    image, out = tmp_path / 'a.png', tmp_path / 'new' / name
    cv2.imwrite(str(image), scene)
    assert export(mini_checkpoint, '--out', out, '--verify', image,
                  *options) == 0
    printed = capsys.readouterr().out
    assert 'predictions of 1 images' in printed
    assert 'inputs: img, padding_mask, clip_img' in printed
    assert inferencer(out)(image)['predictions'][0]['hois']


def test_nothing_is_written_if_results_differ(export, mini_checkpoint, scene,
                                              tmp_path, monkeypatch, capsys):
    from mmhoi.deployment import export_check
    monkeypatch.setattr(export_check, 'PREDICTION_TOLERANCE', -1.0)
    image, out = tmp_path / 'a.png', tmp_path / 'new' / 'model.pt2'
    cv2.imwrite(str(image), scene)
    assert export(mini_checkpoint, '--out', out, '--verify', image) == 1
    assert not list(out.parent.iterdir())
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith('error: ') and 'nothing is written' in error


@pytest.mark.parametrize('args, message', [
    (['--out', 'a.pth'], '--out a.pth: must end in .onnx or .pt2'),
    (['--out', 'a.pt2', '--opset', '20'], '--opset: for .onnx only'),
    (['--out', 'a.onnx', '--opset', '9'], '--opset 9: must be at least 18'),
])
def test_refused_options(export, capsys, args, message):
    with pytest.raises(SystemExit):
        export('a.pth', *args)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize('config, checkpoint, message', [
    ('configs/no.py', 'a.pth', 'config file "configs/no.py" does not'),
    (CONFIG, 'no.pth', 'checkpoint "no.pth" does not exist'),
])
def test_one_line_errors(run_tool, tmp_path, capsys, config, checkpoint,
                         message):
    assert run_tool('deployment/export_model', config, checkpoint, '--out',
                    tmp_path / 'a.onnx') == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith('error: ') and message in error
