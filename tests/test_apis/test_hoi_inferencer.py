# Copyright (c) mmhoi contributors.
import json
import os
import warnings

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS
from video_files import write_video

from mmhoi.apis import HOIInferencer, ImageReadError
from mmhoi.checkpoints import CheckpointMismatchError
from mmhoi.setup_env import register_all_modules
from mmhoi.synthetic import write_synhico
from .conftest import CONFIG

PREDICTION_KEYS = {
    'text', 'verb', 'object', 'score', 'confidence', 'obj_score', 'label',
    'verb_label', 'obj_label', 'query_ind', 'sub_bbox', 'obj_bbox'
}


def test_one_image(inferencer, folder):
    result = inferencer(str(folder / 'a.jpg'), return_vis=True)
    prediction, = result['predictions']
    assert (prediction['width'], prediction['height']) == (192, 160)
    assert prediction['img_path'] == str(folder / 'a.jpg')
    assert 0 < len(prediction['hois']) <= 100
    for hoi in prediction['hois']:
        assert hoi.keys() == PREDICTION_KEYS
        assert hoi['text'] == f"{hoi['verb']} {hoi['object']}".replace(
            '_', ' ')
        assert 0 <= hoi['confidence'] <= 1
    scores = [hoi['score'] for hoi in prediction['hois']]
    assert scores == sorted(scores, reverse=True)
    assert result['visualization'][0].dtype == np.uint8
    json.dumps(prediction)


def test_bad_images_do_not_stop_the_others(inferencer, folder, tmp_path):
    out = tmp_path / 'out'
    result = inferencer(str(folder), batch_size=4, out_dir=str(out))
    names = ['a.jpg', 'b.png', 'broken.jpg', 'c.JPG', 'empty.png', 'text.jpg']
    predictions = result['predictions']
    assert [os.path.basename(p['img_path']) for p in predictions] == names
    assert ['error' in p
            for p in predictions] == [False, False, True, False, True, True]
    assert sorted(os.listdir(out / 'vis')) == ['a.jpg', 'b.png', 'c.JPG']
    assert sorted(os.listdir(out / 'preds')) == sorted(
        os.path.splitext(name)[0] + '.json' for name in names)
    read = json.loads((out / 'preds' / 'a.json').read_text())
    assert read == predictions[0]
    assert 'broken.jpg' in predictions[2]['error']


def test_datasamples(inferencer, folder):
    samples = inferencer([str(folder / 'a.jpg'),
                          str(folder / 'text.jpg')],
                         return_datasamples=True)['predictions']
    assert len(samples[0].pred_hoi_instances) > 0
    assert 'text.jpg' in samples[1].error


def test_a_single_bad_image_raises(inferencer, folder):
    with pytest.raises(ImageReadError, match='text.jpg'):
        inferencer(str(folder / 'text.jpg'))


def test_mixed_precision(inferencer, mini_checkpoint, scene):
    mixed = HOIInferencer(
        str(CONFIG), mini_checkpoint, 'cpu', show_progress=False, amp=True)
    expected, found = (
        engine(scene, return_datasamples=True)['predictions'][0]
        for engine in (inferencer, mixed))
    # Of lower ones pair NMS may remove others.
    scores, others = (
        sample.pred_hoi_instances.scores[:3] for sample in (expected, found))
    assert scores.dtype == others.dtype == torch.float32
    assert not torch.equal(scores, others)
    torch.testing.assert_close(others, scores, rtol=0, atol=0.05)


@pytest.mark.parametrize('shape', [(1, 1), (50, 20000), (9000, 2)])
def test_extreme_sizes(inferencer, shape):
    image = np.full((*shape, 3), 90, np.uint8)
    result = inferencer(image, return_vis=True)
    boxes = [hoi['sub_bbox'] for hoi in result['predictions'][0]['hois']]
    assert np.isfinite(boxes).all() and len(boxes) > 0
    assert result['visualization'][0].shape[2] == 3


@pytest.mark.parametrize('options, kept', [
    (dict(), ['preds', 'vis']),
    (dict(no_save_vis=True), ['preds']),
    (dict(no_save_pred=True), ['vis']),
    (dict(no_save_pred=True, no_save_vis=True), []),
])
def test_what_is_saved(inferencer, scene, tmp_path, options, kept):
    inferencer(scene, out_dir=str(tmp_path), **options)
    assert sorted(os.listdir(tmp_path)) == kept


def test_printed_results_are_lines_of_json(inferencer, scene, capsys):
    predictions = inferencer([scene, scene], print_result=True)['predictions']
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == predictions


def test_unwritable_folder(inferencer, scene, tmp_path):
    (tmp_path / 'file').write_text('')
    with pytest.raises(PermissionError, match='--out-dir'):
        inferencer(scene, out_dir=str(tmp_path / 'file'))


@pytest.mark.parametrize(
    'options',
    [dict(batch_size=0),
     dict(pred_score_thr=1.5),
     dict(pred_score_thr=-1)])
def test_options_out_of_range(inferencer, scene, options):
    with pytest.raises(ValueError, match='batch_size=.*pred_score_thr='):
        inferencer(scene, **options)


def test_rotated_photo(inferencer, scene, tmp_path):
    """Boxes are those of the upright picture."""
    from PIL import Image
    upright = inferencer(scene)['predictions'][0]
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(scene[..., ::-1]).transpose(
        Image.Transpose.ROTATE_90)
    turned.save(tmp_path / 'turned.png', exif=exif)
    seen = inferencer(str(tmp_path / 'turned.png'))['predictions'][0]
    assert seen['hois'] == upright['hois']
    assert (seen['width'], seen['height']) == (192, 160)


def test_equals_evaluation(inferencer, tmp_path):
    """The same predictions as the data set, its pipeline and the model."""
    write_synhico(tmp_path, num_train=1, num_test=3, num_workers=1)
    register_all_modules()
    cfg = Config.fromfile(CONFIG).test_dataloader.dataset
    cfg.data_root = f'{tmp_path}/'
    dataset = DATASETS.build(cfg)
    with torch.no_grad():
        expected = inferencer.model.test_step(
            pseudo_collate([dataset[i] for i in range(3)]))
    samples = inferencer(
        str(tmp_path / 'images/test2015'),
        batch_size=3,
        return_datasamples=True)['predictions']
    for sample, other in zip(samples, expected, strict=True):
        assert sample.img_path == other.img_path
        for name, value in other.pred_hoi_instances.items():
            torch.testing.assert_close(
                sample.pred_hoi_instances[name], value, atol=1e-5, rtol=0)


def test_video(inferencer, tmp_path):
    write_video(tmp_path / 'clip.mp4', 5)
    results = inferencer.stream(
        str(tmp_path / 'clip.mp4'), batch_size=2, out_dir=str(tmp_path))
    lines = tmp_path / 'preds' / 'clip.jsonl'
    for _ in range(3):
        next(results)
    # What is done is on disk while the rest is still to come.
    assert len(lines.read_text().splitlines()) == 3
    results.close()
    frame = json.loads(lines.read_text().splitlines()[2])
    assert frame['img_path'] == 'clip: frame 2' and frame['hois']
    reader = cv2.VideoCapture(str(tmp_path / 'vis' / 'clip.mp4'))
    assert reader.get(cv2.CAP_PROP_FRAME_COUNT) == 3
    assert reader.get(cv2.CAP_PROP_FPS) == 10


def test_config_from_the_checkpoint(mini_checkpoint, inferencer, scene):
    other = HOIInferencer(
        weights=mini_checkpoint, device='cpu', show_progress=False)
    assert other(scene) == inferencer(scene)


def test_without_weights(scene):
    with pytest.warns(UserWarning, match='not trained'):
        inferencer = HOIInferencer(
            str(CONFIG), device='cpu', show_progress=False)
    assert inferencer(scene)['predictions'][0]['hois']


def test_clip_is_not_loaded_for_a_checkpoint(mini_checkpoint, monkeypatch):
    """A checkpoint holds all that CLIP gave."""
    cfg = Config.fromfile(CONFIG)
    cfg.model.clip.pretrained = 'a file that does not exist'
    with warnings.catch_warnings():
        warnings.simplefilter('error', UserWarning)
        HOIInferencer(cfg, mini_checkpoint, device='cpu')


def damaged(path):
    path.write_bytes(b'PK\x03\x04 damaged')
    return str(path)


def test_refused_models(mini_checkpoint, tmp_path):
    with pytest.raises(FileNotFoundError, match='did you mean'):
        HOIInferencer(str(CONFIG).replace('mini', 'mimi'), mini_checkpoint)
    with pytest.raises(ValueError, match='such as hoiclip_'):
        HOIInferencer('hoiclip_r50', mini_checkpoint)
    with pytest.raises(FileNotFoundError, match='checkpoint "no.pth"'):
        HOIInferencer(str(CONFIG), 'no.pth')
    with pytest.raises(ValueError, match='is damaged'):
        HOIInferencer(str(CONFIG), damaged(tmp_path / 'damaged.pth'))
    with pytest.raises(ValueError, match='device "foo" cannot be used'):
        HOIInferencer(str(CONFIG), mini_checkpoint, device='foo')
    other = CONFIG.parents[1] / 'gen_vlkt/gen_vlkt_mini_synhico.py'
    with pytest.raises(CheckpointMismatchError, match='does not fit'):
        HOIInferencer(str(other), mini_checkpoint)


def test_model_name(mini_checkpoint, scene):
    inferencer = HOIInferencer(
        'hoiclip_mini_synhico',
        mini_checkpoint,
        device='cpu',
        show_progress=False)
    assert inferencer.dataset_meta['hoi_classes'][153] == 'ride motorcycle'
