# Copyright (c) mmhoi contributors.
"""Small valid images, classes, texts, tables and requests; their readers."""
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from fuzz_config_files import text
from fuzz_mutations import mutate_json, mutate_only_bytes
from PIL import Image

from mmhoi.apis.image_lists import list_image_paths
from mmhoi.apis.vocabulary_sources import read_source
from mmhoi.evaluation.class_results import read_class_csv
from mmhoi.label_spaces import load_label_space
from mmhoi.utils.frame_sequence import FrameSequence
from mmhoi.utils.image_orientation import image_frames
from mmhoi.utils.image_reading import read_image

# Where the web demo and the tools are, if this is not run by pytest.
ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / 'demo'), str(ROOT / 'tools')]

CLASSES = dict(
    objects=['bicycle', dict(name='cart', phrase='a donkey cart')],
    verbs=['ride', dict(name='push', phrase='shoving')],
    hois=[
        dict(verb='push', object='cart'),
        dict(verb='ride', object='bicycle', prompt='somebody rides')
    ])
EVENT = dict(
    fn_index=0,
    data=[None, 'ride horse', 0.3,
          dict(path='/sent/a.png')],
    session_hash='abc',
    trigger_id=4,
    event_data=dict(index=[1, 2], row_value=['a', 'b']))
KINDS = {0: ['State', 'Textbox', 'Slider', 'File']}


def image(ending, mode='RGB', **kwargs):
    """Function that writes an image, turned where a tag can say so."""

    def make(folder):
        path = folder / f'a.{ending}'
        pixels = np.arange(20 * 30 * 3, dtype=np.uint8).reshape(20, 30, 3)
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.fromarray(pixels).convert(mode).save(path, exif=exif, **kwargs)
        return path

    return make


def read_any_image(path):
    """As inference, the check of annotations and the web demo read it."""
    from web.upload_limits import UploadError, UploadLimits, read_upload
    try:
        read_upload(path, UploadLimits())
    except UploadError:
        pass
    try:
        image_frames(path)
    except OSError:
        pass
    read_image(path)


def video(ending, codec):
    """Function that writes a video of eight frames."""

    def make(folder):
        path = folder / f'a.{ending}'
        writer = cv2.VideoWriter(
            str(path), cv2.VideoWriter_fourcc(*codec), 10, (32, 24))
        for i in range(8):
            writer.write(np.full((24, 32, 3), 30 * i, np.uint8))
        writer.release()
        return path

    return make


def read_video(path):
    for number, _ in enumerate(FrameSequence(path)):
        if number > 1000:
            raise AssertionError('more frames than the file has bytes for')


def read_event(path):
    from web.page_event import clean_event
    from web.request_body import BadRequest
    try:
        json.loads(clean_event(path.read_bytes(), KINDS, '/sent/a.png'.__eq__))
    except BadRequest as error:
        raise ValueError(str(error)) from error


def read_boundary(path):
    from web.request_body import BadRequest, form_boundary
    try:
        assert form_boundary(path.read_bytes())
    except BadRequest as error:
        raise ValueError(str(error)) from error


def read_prompts(path):
    from web.upload_limits import UploadError, UploadLimits, parse_prompts
    try:
        content = path.read_bytes().decode('utf-8', 'surrogatepass')
    except UnicodeDecodeError:
        return
    try:
        parse_prompts(content, UploadLimits())
    except UploadError as error:
        raise ValueError(str(error)) from error


def read_note(path):
    """The note in a folder of predictions."""
    from argparse import Namespace

    from batch_inference import check_same_model
    check_same_model(
        Namespace(out=str(path.parent), identity=dict(weights='a')), path)


def render_again(path):
    """Folders of SynHICO are known by a note."""
    from mmhoi.synthetic.writer import is_complete
    is_complete(path.parent)


IMAGES = {
    'image_jpg': (image('jpg'), read_any_image, mutate_only_bytes),
    'image_jpg_grey':
    (image('jpg', 'L', progressive=True), read_any_image, mutate_only_bytes),
    'image_jpg_cmyk': (image('jpg',
                             'CMYK'), read_any_image, mutate_only_bytes),
    'image_png': (image('png', 'RGBA'), read_any_image, mutate_only_bytes),
    'image_png_deep': (image('png',
                             'I;16'), read_any_image, mutate_only_bytes),
    'image_png_palette': (image('png',
                                'P'), read_any_image, mutate_only_bytes),
    'image_gif': (image('gif', 'P'), read_any_image, mutate_only_bytes),
    'image_tif': (image('tif'), read_any_image, mutate_only_bytes),
    'image_tif_float': (image('tif', 'F'), read_any_image, mutate_only_bytes),
    'image_tif_lzw':
    (image('tif', compression='tiff_lzw'), read_any_image, mutate_only_bytes),
    'image_webp': (image('webp'), read_any_image, mutate_only_bytes),
    'image_bmp': (image('bmp'), read_any_image, mutate_only_bytes),
    'video_avi': (video('avi', 'MJPG'), read_video, mutate_only_bytes),
    'video_mp4': (video('mp4', 'mp4v'), read_video, mutate_only_bytes),
    'video_mkv': (video('mkv', 'MJPG'), read_video, mutate_only_bytes),
}
OTHERS = {
    'class_file': (text('classes.json', json.dumps(CLASSES)),
                   lambda path: load_label_space(str(path)), mutate_json),
    'vocabulary_json': (text('texts.json', json.dumps(
        dict(verbs=['ride'], objects=['cow', 'horse']))), read_source,
                        mutate_json),
    'vocabulary_txt': (text('texts.txt', 'ride a cow\nfeed a horse\n'),
                       read_source, mutate_only_bytes),
    'image_list': (text('images.txt', '/a/b.jpg\nhttp://c/d.png\n'),
                   lambda path: list_image_paths(str(path)),
                   mutate_only_bytes),
    'class_table': (text('a.csv', 'hoi,num_train,ap\nride,3,0.5\n"a, b",0,'
                         '\n'), lambda path: read_class_csv(path, 'a'),
                    mutate_only_bytes),
    'note_of_predictions': (text('_run.json', json.dumps(
        dict(config='a', checkpoint='b', identity=dict(weights='a')))),
                            read_note, mutate_json),
    'note_of_synhico': (text('synhico_meta.json', json.dumps(
        dict(complete=True, version=1))), render_again, mutate_json),
    'web_event': (text('event.json', json.dumps(EVENT)), read_event,
                  mutate_json),
    'web_boundary': (text('header', 'multipart/form-data; boundary=abc'),
                     read_boundary, mutate_only_bytes),
    'web_prompts': (text('prompts.txt', 'ride horse\nfeed  cow'),
                    read_prompts, mutate_only_bytes),
}  # yapf: disable
