# Copyright (c) mmhoi contributors.
import json
import threading
import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from web import UploadError, UploadLimits
from web.demo_model import SHOWN_SIZE, DemoModel, table_rows

from mmhoi.apis import HOIInferencer

CONFIG = (
    Path(__file__).resolve().parents[2] /
    'configs/hoiclip/hoiclip_mini_synhico.py')
PROMPTS = 'a person riding a motorcycle\na person polishing a motorcycle'


@pytest.fixture(scope='module')
def model(mini_checkpoint):
    inferencer = HOIInferencer(
        str(CONFIG), mini_checkpoint, device='cpu', show_progress=False)
    return DemoModel(inferencer, UploadLimits())


@pytest.fixture
def image(tmp_path, scene):
    path = str(tmp_path / 'image.png')
    cv2.imwrite(path, scene)
    return path


def test_detection_without_own_prompts(model, image):
    detection = model.detect(image, ' \n')
    alone = model.inferencer(image)['predictions'][0]
    assert alone.pop('img_path') == image
    assert detection.prediction == alone
    json.dumps(detection.prediction)


def test_own_prompts(model, image):
    before = model.detect(image, '')
    detection = model.detect(image, PROMPTS)
    texts = {hoi['text'] for hoi in detection.prediction['hois']}
    assert texts == set(PROMPTS.split('\n'))
    # The next visitor has the model's own interactions.
    assert model.detect(image, '').prediction == before.prediction
    for threshold in (0, 1):
        picture = model.draw(detection, threshold)
        assert picture.dtype == np.uint8 and picture.ndim == 3
    assert not np.array_equal(model.draw(detection, 0), picture)
    panel = model.draw_attention(detection, 1)
    assert panel.ndim == 3 and max(panel.shape) <= SHOWN_SIZE
    assert not np.array_equal(panel, model.draw_attention(before, 1))
    for pair in (-1, len(detection.prediction['hois'])):
        with pytest.raises(UploadError, match=f'pair {pair} does not exist'):
            model.draw_attention(detection, pair)


def test_large_picture_is_shown_smaller(model, tmp_path):
    path = str(tmp_path / 'a.png')
    cv2.imwrite(path, np.zeros((10, 2 * SHOWN_SIZE, 3), np.uint8))
    assert model.preview(path).shape == (5, SHOWN_SIZE, 3)


def test_messages_name_no_path(model, image, tmp_path):
    broken = tmp_path / 'broken.png'
    broken.write_bytes(Path(image).read_bytes()[:-1000])
    for path, message in ((broken, 'The image cannot be read: '),
                          (tmp_path / 'gone.png', 'no longer there')):
        with pytest.raises(UploadError, match=message) as info:
            model.detect(str(path), '')
        assert str(tmp_path) not in str(info.value)


@pytest.mark.parametrize('mode, name', [('RGB', 'a.jpg'), ('RGBA', 'a.png'),
                                        ('LA', 'a.webp'), ('P', 'a.png'),
                                        ('1', 'a.bmp'), ('I;16', 'a.png'),
                                        ('CMYK', 'a.jpg'),
                                        ('RGB', 'Фото 写真.png')])
@pytest.mark.parametrize('frames', [1, 2])
def test_files_of_all_kinds(model, tmp_path, mode, name, frames):
    """What a visitor sends is seen as `HOIInferencer` sees the file."""
    pixels = np.random.default_rng(0).integers(0, 255, (48, 64, 4), np.uint8)
    image = Image.fromarray(pixels)
    if mode == 'I;16':
        image = Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    else:
        image = image.convert(mode)
    path = tmp_path / name
    options = {}
    if frames > 1 and path.suffix in ('.png', '.webp'):
        options = dict(save_all=True, append_images=[image.copy()])
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(path, exif=exif, **options)
    with warnings.catch_warnings():
        # Nothing that a visitor sends fills the log.
        warnings.simplefilter('error')
        seen = model.preview(str(path))
    assert np.array_equal(seen,
                          model.inferencer.load_image(str(path))[..., ::-1])
    # Turned by its EXIF orientation, which BMP has not.
    assert seen.shape[:2] == ((48, 64) if path.suffix == '.bmp' else (64, 48))


@pytest.mark.parametrize('kind', [ValueError, FileNotFoundError, RuntimeError])
def test_model_without_texts(model, image, monkeypatch, kind):
    monkeypatch.setattr(model, 'takes_texts', True)
    assert model.try_texts() == '' and model.takes_texts

    def fail(texts, use_cache=True):
        if texts is not None:
            raise kind('the weights /home/me/clip.pt are missing')

    monkeypatch.setattr(model.inferencer, 'set_vocabulary', fail)
    assert 'clip.pt' in model.try_texts()
    with pytest.raises(UploadError, match='of its training only'):
        model.detect(image, PROMPTS)
    model.detect(image, '')


class FakeInferencer:
    """Records what is asked of it."""

    def __init__(self):
        self.calls = []
        self.entered, self.may_leave = threading.Event(), threading.Event()

    def set_vocabulary(self, texts, use_cache=True):
        # What visitors write must not be kept.
        assert texts is None or not use_cache
        self.calls.append(texts)
        if texts == ['nonsense']:
            raise ValueError('no verb in "nonsense"')

    def stream(self, image):
        self.calls.append('predict')
        self.entered.set()
        self.may_leave.wait(60)
        raise RuntimeError('broken')


@pytest.mark.parametrize(
    'prompts, error, calls',
    [
        ('', RuntimeError, ['predict']),
        ('ride', RuntimeError, [['ride'], 'predict', None]),
        ('nonsense', UploadError, [['nonsense'], None]),
        # A list, which is never the name of a file.
        ('classes.py', RuntimeError, [['classes.py'], 'predict', None]),
    ])
def test_vocabulary_is_restored_after_errors(image, prompts, error, calls):
    inferencer = FakeInferencer()
    inferencer.may_leave.set()
    with pytest.raises(error):
        DemoModel(inferencer, UploadLimits()).detect(image, prompts)
    assert inferencer.calls == calls


def test_one_request_at_a_time(image):
    inferencer = FakeInferencer()
    model = DemoModel(inferencer, UploadLimits())

    def detect(prompts):
        with pytest.raises(RuntimeError):
            model.detect(image, prompts)

    threads = [
        threading.Thread(target=detect, args=(prompts, ))
        for prompts in ('ride', 'feed')
    ]
    for thread in threads:
        thread.start()
        inferencer.entered.wait(60)
    assert inferencer.calls == [['ride'], 'predict']
    inferencer.may_leave.set()
    for thread in threads:
        thread.join(60)
    assert inferencer.calls == [['ride'], 'predict', None, ['feed'], 'predict',
                                None]


def test_rows_keep_their_rank():
    hois = [
        dict(text='eat', object=None, confidence=c, obj_score=1)
        for c in (0.1, 0.5)
    ]
    assert table_rows(dict(hois=hois), 0.2) == [[2, 'eat', '', '0.50', '1.00']]
