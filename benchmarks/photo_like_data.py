# Copyright (c) mmhoi contributors.
"""Photo-like JPEG files with HICO-DET-like annotations, made from a seed."""
from pathlib import Path
from typing import List, Optional, Tuple

import cv2
import numpy as np
from PIL import Image

from mmhoi.label_spaces import load_label_space
from mmhoi.utils.text_files import write_json

# As many as HICO-DET has: 117,871 interactions on 38,118 images.
PAIRS_PER_IMAGE = 3.09


def make_records(num_images: int,
                 size: Tuple[int, int] = (640, 480),
                 seed: int = 0) -> List[dict]:
    """HOIA entries with HICO-DET's ids; every interaction is of a known HOI.

    Args:
        num_images (int): Number of images.
        size (tuple[int, int]): Width and height in pixels.
        seed (int): Seed.

    Returns:
        list[dict]: Entries with `file_name`, `img_id`, `annotations` and
        `hoi_annotation`.
    """
    rng = np.random.default_rng(seed)
    space = load_label_space('hico_det')
    person = space.category_ids[space.objects.index('person')]
    records = []
    for img_id in range(1, num_images + 1):
        hois = rng.integers(0, 600, 1 + rng.poisson(PAIRS_PER_IMAGE - 1))
        boxes = [dict(bbox=_box(rng, *size), category_id=person)]
        interactions = []
        for hoi in hois.tolist():
            boxes.append(
                dict(
                    bbox=_box(rng, *size),
                    category_id=space.category_ids[space.hoi_objects[hoi]]))
            interactions.append(
                dict(
                    subject_id=0,
                    object_id=len(boxes) - 1,
                    category_id=int(space.hoi_verbs[hoi]) + 1,
                    hoi_category_id=hoi + 1))
        records.append(
            dict(
                file_name=f'HICO_train2015_{img_id:08d}.jpg',
                img_id=img_id,
                annotations=boxes,
                hoi_annotation=interactions))
    return records


def write_data(folder: str,
               num_images: int,
               size: Tuple[int, int] = (640, 480),
               seed: int = 0,
               num_files: Optional[int] = None) -> List[Path]:
    """Write images and `trainval_hico.json` where the HICO-DET config of
    mmhoi looks for them.

    Args:
        folder (str): The `data_root`.
        num_images (int): Number of images.
        size (tuple[int, int]): Width and height in pixels.
        seed (int): Seed.
        num_files (int, optional): Number of different images; the others are
            links to them. Defaults to None, all.

    Returns:
        list[Path]: The image files, in the order of the annotation.
    """
    images = Path(folder) / 'images' / 'train2015'
    annotations = Path(folder) / 'annotations'
    for path in (images, annotations):
        path.mkdir(parents=True, exist_ok=True)
    records = make_records(num_images, size, seed)
    write_json(annotations / 'trainval_hico.json', records)
    rng = np.random.default_rng(seed)
    paths = [images / record['file_name'] for record in records]
    num_files = num_files or num_images
    for index, path in enumerate(paths):
        if index < num_files:
            Image.fromarray(_photo(rng, *size)).save(path, quality=90)
        else:
            path.symlink_to(paths[index % num_files])
    return paths


def _box(rng: np.random.Generator, width: int, height: int) -> List[int]:
    x1, y1 = rng.integers(0, (width * 2 // 3, height * 2 // 3))
    x2, y2 = rng.integers((x1 + 20, y1 + 20), (width, height))
    return [int(x) for x in (x1, y1, x2, y2)]


def _photo(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """Structure at several scales, an edge or two and some noise."""
    img = np.zeros((height, width, 3), np.float32)
    for cells, weight in ((4, 1.0), (16, 0.5), (64, 0.25)):
        coarse = rng.random((cells * height // width + 1, cells, 3))
        img += weight * cv2.resize(
            coarse.astype(np.float32), (width, height),
            interpolation=cv2.INTER_CUBIC)
    for _ in range(4):
        x1, y1, x2, y2 = _box(rng, width, height)
        img[y1:y2, x1:x2] += rng.uniform(-0.4, 0.4, 3)
    img += rng.normal(0, 0.04, img.shape)
    return (img / 1.75 * 255).clip(0, 255).astype(np.uint8)
