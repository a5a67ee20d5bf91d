# Copyright (c) mmhoi contributors.
"""Small valid files of images, classes, texts, models; their readers."""
import io
import json

import cv2
import numpy as np
import torch
from fuzz_mutations import mutate_bytes, mutate_json, mutate_tree
from PIL import Image
from safetensors.torch import save_file

from mmhoi.apis.image_lists import list_image_paths
from mmhoi.apis.vocabulary_sources import read_source
from mmhoi.checkpoints import config_of_checkpoint, read_checkpoint
from mmhoi.checkpoints.config_text import read_config
from mmhoi.deployment.model_info import ModelInfo, Preprocessing
from mmhoi.label_spaces import load_label_space
from mmhoi.models.vision_language.clip_text import _read as read_cached_texts
from mmhoi.models.vision_language.verb_embedding_files import (
    load_verb_embeddings, save_verb_embeddings)
from mmhoi.utils.frame_sequence import FrameSequence
from mmhoi.utils.image_orientation import image_frames
from mmhoi.utils.image_reading import read_image
from mmhoi.utils.run_config import load_config_file

CLASSES = dict(
    objects=['bicycle', dict(name='cart', phrase='a donkey cart')],
    verbs=['ride', dict(name='push', phrase='shoving')],
    hois=[
        dict(verb='push', object='cart'),
        dict(verb='ride', object='bicycle', prompt='somebody rides')
    ])
CONFIG = """
model = dict(
    type='QueryPairDetector', num_queries=3, scale=(1.5, None), flags=[True],
    bbox_head=dict(label_space=dict(objects=['a'], verbs=['b'])))
test_dataloader = dict(batch_size=1)
"""


def text(name, content):
    """Function that writes a text into a folder."""

    def make(folder):
        path = folder / name
        path.write_text(content, encoding='utf-8')
        return path

    return make


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
    read_image(path)
    image_frames(path)


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


def read_vocabulary(path):
    """What has a wrong type is a TypeError with a message there."""
    try:
        read_source(path)
    except TypeError as error:
        raise ValueError(str(error)) from error


def make_checkpoint(folder):
    """Checkpoint as tools/train.py writes them."""
    path = folder / 'a.pth'
    torch.save(
        dict(
            state_dict={'layer.weight': torch.ones(3, 2)},
            meta=dict(cfg=CONFIG, epoch=3, dataset_meta=dict(classes=('a', ))),
            message_hub=dict(log_scalars={}, runtime_info=dict(iter=4))), path)
    return path


def make_safetensors(folder):
    path = folder / 'a.safetensors'
    save_file({'layer.weight': torch.ones(3, 2)},
              str(path),
              metadata=dict(meta=json.dumps(dict(cfg=CONFIG))))
    return path


def read_config_file(path):
    load_config_file(str(path))


def read_model(path):
    config_of_checkpoint(read_checkpoint(path))


def mutate_model(path, rng):
    """Mutate the content of a checkpoint."""
    content = torch.load(path, weights_only=True)
    content = mutate_tree(content, rng)
    buffer = io.BytesIO()
    torch.save(content, buffer)
    path.write_bytes(buffer.getvalue())


def make_verb_embeddings(folder):
    path = folder / 'verbs.safetensors'
    save_verb_embeddings(path, torch.eye(4), None, label_space='x', clip='y')
    return path


def make_model_info(folder):
    """What an exported model says of itself."""
    info = ModelInfo(
        meta=dict(classes=['a'], verb_classes=['b'], hoi_classes=['b a']),
        hoi_verbs=(0, ),
        preprocessing=Preprocessing(32, 64, True, (0, 0, 0), (255, 255, 255),
                                    1, 0, None, (), ()),
        max_per_img=100,
        pair_nms=None)
    return text('info.json', info.to_json())(folder)


def make_text_cache(folder):
    """Text embeddings as they are cached."""
    path = folder / 'text.pt'
    torch.save(torch.ones(3, 4), path)
    return path


def read_text_cache(path):
    """An unusable one is computed again."""
    assert read_cached_texts(path, 3) is None or path.is_file()


def read_text(reader):
    """Function that gives a reader the content of a file."""
    return lambda path: reader(path.read_text(encoding='utf-8'))


def mutate_only_bytes(path, rng):
    """Change bytes; there is nothing that could be changed otherwise."""
    content = bytearray(path.read_bytes())
    mutate_bytes(content, rng)
    path.write_bytes(content)


#: Name, function that writes a file, reader, mutation of its content.
INPUT_READERS = {
    'image_jpg': (image('jpg'), read_any_image, mutate_only_bytes),
    'image_png': (image('png', 'RGBA'), read_any_image, mutate_only_bytes),
    'image_gif': (image('gif', 'P'), read_any_image, mutate_only_bytes),
    'image_tif': (image('tif'), read_any_image, mutate_only_bytes),
    'image_webp': (image('webp'), read_any_image, mutate_only_bytes),
    'image_bmp': (image('bmp'), read_any_image, mutate_only_bytes),
    'video_avi': (video('avi', 'MJPG'), read_video, mutate_only_bytes),
    'video_mp4': (video('mp4', 'mp4v'), read_video, mutate_only_bytes),
    'video_mkv': (video('mkv', 'MJPG'), read_video, mutate_only_bytes),
    'class_file': (text('classes.json', json.dumps(CLASSES)),
                   lambda path: load_label_space(str(path)), mutate_json),
    'vocabulary_json': (text('texts.json', json.dumps(
        dict(verbs=['ride'], objects=['cow', 'horse']))), read_vocabulary,
                        mutate_json),
    'vocabulary_txt': (text('texts.txt', 'ride a cow\nfeed a horse\n'),
                       read_vocabulary, mutate_only_bytes),
    'image_list': (text('images.txt', '/a/b.jpg\nhttp://c/d.png\n'),
                   lambda path: list_image_paths(str(path)),
                   mutate_only_bytes),
    'checkpoint_pth': (make_checkpoint, read_model, mutate_model),
    'checkpoint_safetensors': (make_safetensors, read_model,
                               mutate_only_bytes),
    'config_in_checkpoint': (text('config.txt', CONFIG),
                             read_text(read_config), mutate_only_bytes),
    'config_file': (text('config.py', CONFIG), read_config_file,
                    mutate_only_bytes),
    'text_cache': (make_text_cache, read_text_cache, mutate_model),
    'verb_embeddings': (make_verb_embeddings, load_verb_embeddings,
                        mutate_only_bytes),
    'export_description': (make_model_info, read_text(ModelInfo.from_json),
                           mutate_json),
}  # yapf: disable
