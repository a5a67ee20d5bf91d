# Copyright (c) mmhoi contributors.
import cv2
import pytest

from mmhoi.deployment import ONNXHOIInferencer

CONFIG = 'hoiclip_mini_synhico'


@pytest.fixture
def export(run_tool):
    pytest.importorskip('onnxscript')
    pytest.importorskip('onnxruntime')

    def run(*args):
        return run_tool('deployment/export_onnx', *args)

    return run


def test_export_and_verify(export, mini_checkpoint, scene, tmp_path, capsys):
    image, out = tmp_path / 'a.png', tmp_path / 'new' / 'model.onnx'
    cv2.imwrite(str(image), scene)
    status = export(CONFIG, mini_checkpoint, '--out', out, '--exporter',
                    'legacy', '--verify', image)
    assert status == 0
    printed = capsys.readouterr().out
    assert 'predictions of 1 images' in printed
    assert 'inputs: img, padding_mask, clip_img' in printed
    assert ONNXHOIInferencer(out)(image)['predictions'][0]['hois']


def test_nothing_is_written_if_outputs_differ(export, mini_checkpoint,
                                              tmp_path, monkeypatch, capsys):
    from mmhoi.deployment import onnx_check
    monkeypatch.setattr(onnx_check, 'TOLERANCE', 0.0)
    out = tmp_path / 'model.onnx'
    status = export(CONFIG, mini_checkpoint, '--out', out, '--exporter',
                    'legacy')
    assert status == 1 and not list(tmp_path.iterdir())
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith('error: ') and 'nothing is written' in error


@pytest.mark.parametrize('config, checkpoint, message', [
    ('configs/no.py', 'a.pth', 'config file "configs/no.py" does not'),
    (CONFIG, 'no.pth', 'checkpoint "no.pth" does not exist'),
])
def test_one_line_errors(export, tmp_path, capsys, config, checkpoint,
                         message):
    assert export(config, checkpoint, '--out', tmp_path / 'a.onnx') == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith('error: ') and message in error
