# Copyright (c) mmhoi contributors.
"""Writes SynHICO to disk in the HOIA layout of HICO-DET."""
import csv
import multiprocessing
import shutil
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Dict, List, Sequence, Tuple, Union

import cv2

from mmhoi.utils.progress import tqdm
from mmhoi.utils.text_files import open_to_write, read_json, write_json
from .planning import image_rng, plan_split
from .scene import Scene, SceneRenderer
from .vcoco_writer import write_vcoco
from .vocabulary import load_vocabulary

VERSION = '1.1'
META_NAME = 'synhico_meta.json'
ANNOTATION_NAMES = {'train': 'trainval_hico.json', 'test': 'test_hico.json'}
#: The files of HICO-DET count pixels from 0 in train and from 1 in test.
BOX_OFFSETS = {'train': 0, 'test': 1}
JPEG_QUALITY = 92

_RENDERERS: Dict[Tuple[int, int], SceneRenderer] = {}


def image_name(split: str, index: int) -> str:
    """File name of an image; numbers count from 1 as in HICO-DET.

    Examples:
        >>> image_name('train', 0)
        'HICO_train2015_00000001.jpg'
    """
    return f'HICO_{split}2015_{index + 1:08d}.jpg'


def scene_to_entry(scene: Scene, split: str, index: int) -> dict:
    """Labels of a scene as an entry of the HOIA json.

    Args:
        scene (Scene): The rendered scene.
        split (str): 'train' or 'test'.
        index (int): 0-based index of the image in its split.

    Returns:
        dict: With ``file_name``, ``img_id``, ``annotations`` and
        ``hoi_annotation``.
    """
    vocabulary = load_vocabulary()
    coco_ids = {
        label: vocabulary.coco_ids[name]
        for name, label in vocabulary.object_labels.items()
    }
    boxes = (scene.boxes + BOX_OFFSETS[split]).tolist()
    verbs = vocabulary.verb_indices
    return dict(
        file_name=image_name(split, index),
        img_id=index + 1,
        annotations=[
            dict(bbox=box, category_id=coco_ids[label])
            for box, label in zip(boxes, scene.labels.tolist())
        ],
        hoi_annotation=[
            dict(
                subject_id=subject,
                object_id=obj,
                category_id=verbs[vocabulary.classes[hoi].verb] + 1,
                hoi_category_id=hoi + 1) for subject, obj, hois in scene.pairs
            for hoi in hois
        ])


def _write_image(task: Tuple[int, List[int]], folder: str, split: str,
                 seed: int, size: Tuple[int, int]) -> dict:
    index, hoi_ids = task
    if size not in _RENDERERS:
        _RENDERERS[size] = SceneRenderer(*size)
    scene = _RENDERERS[size].render(image_rng(seed, split, index), hoi_ids)
    path = str(Path(folder) / image_name(split, index))
    if not cv2.imwrite(path, scene.image[..., ::-1],
                       [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]):
        raise OSError(f'cannot write {path}')
    return scene_to_entry(scene, split, index)


def _single_thread() -> None:
    # The processes already share the cores; threads would only contend.
    cv2.setNumThreads(0)


def _write_split(out: Path, split: str, plan: List[List[int]], seed: int,
                 size: Tuple[int, int], num_workers: int,
                 progress: bool) -> Counter:
    folder = out / 'images' / f'{split}2015'
    folder.mkdir(parents=True)
    tasks = list(enumerate(plan))
    work = partial(
        _write_image, folder=str(folder), split=split, seed=seed, size=size)
    entries = []

    def collect(results) -> None:
        entries.extend(
            tqdm(
                results,
                f'{split} images',
                len(plan),
                disable=None if progress else True))

    if num_workers > 0:
        with multiprocessing.Pool(num_workers, _single_thread) as pool:
            collect(pool.imap(work, tasks, chunksize=16))
            # They end by themselves: leaving the block would send SIGTERM,
            # which a program that catches it has taught them to ignore.
            pool.close()
            pool.join()
    else:
        collect(map(work, tasks))
    write_json(out / 'annotations' / ANNOTATION_NAMES[split], entries)
    return Counter(hoi['hoi_category_id'] - 1 for entry in entries
                   for hoi in entry['hoi_annotation'])


def _prepare_folder(out: Path, overwrite: bool) -> None:
    """Make an empty folder; only ever delete an earlier SynHICO."""
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(f'{out} is not a folder')
    if out.is_dir() and any(out.iterdir()):
        if not (out / META_NAME).is_file():
            raise FileExistsError(
                f'{out} holds other data (no {META_NAME}); give a new or '
                'empty folder')
        if not overwrite:
            raise FileExistsError(
                f'{out} already holds SynHICO; ask to overwrite it or give '
                'another folder')
        for name in ('images', 'annotations'):
            if (out / name).exists():
                shutil.rmtree(out / name)
    (out / 'annotations').mkdir(parents=True)


def _write_counts(path: Path, counts: Dict[str, Counter]) -> List[dict]:
    rows = [
        dict(
            hoi_id=c.hoi_id,
            verb=c.verb,
            object=c.object,
            rare=int(c.rare),
            train=counts['train'][c.hoi_id],
            test=counts['test'][c.hoi_id])
        for c in load_vocabulary().classes.values()
    ]
    with open_to_write(path, newline='') as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator='\n')
        table.writeheader()
        table.writerows(rows)
    return rows


def _write_vcoco(folder: Path, size: Tuple[int, int]) -> None:
    entries = {
        split: read_json(folder / name)
        for split, name in ANNOTATION_NAMES.items()
    }
    write_vcoco(folder, entries, BOX_OFFSETS, size)


def is_complete(folder: Union[str, Path]) -> bool:
    """Whether a folder has a whole SynHICO.

    Args:
        folder (str | Path): The folder; it need not exist.

    Returns:
        bool: False also if its note is damaged.
    """
    try:
        meta = read_json(Path(folder, META_NAME))
    except (OSError, ValueError):
        return False
    return isinstance(meta, dict) and meta.get('complete') is True


def write_synhico(out_dir: Union[str, Path],
                  num_train: int = 4000,
                  num_test: int = 800,
                  seed: int = 0,
                  size: Sequence[int] = (192, 160),
                  num_workers: int = 0,
                  progress: bool = True,
                  overwrite: bool = False,
                  balanced: bool = False,
                  vcoco: bool = False) -> dict:
    """Render the data set and write it in the layout of HICO-DET.

    The files do not depend on ``num_workers``.

    Args:
        out_dir (str | Path): New or empty folder.
        num_train (int): Training images. Every rare class has 2 to 9
            instances from 1000 images on.
        num_test (int): Test images. Every class has at least 8 instances
            from 500 images on.
        seed (int): Seed of all random choices.
        size (sequence[int]): Image width and height in pixels.
        num_workers (int): Processes; 0 renders in this one.
        progress (bool): Whether to show bars.
        overwrite (bool): Whether an earlier SynHICO in ``out_dir`` is
            deleted first. Other data never is.
        balanced (bool): Whether the training classes are as balanced as the
            test classes, to pre-train a detector, instead of long-tailed.
        vcoco (bool): Whether to write the annotations of the same images in
            the formats of V-COCO as well, see `write_vcoco`.

    Returns:
        dict: ``counts``, a list with a row for each class (``hoi_id``,
        ``verb``, ``object``, ``rare``, ``train``, ``test``), and
        ``images_per_second``.
    """
    if num_train < 1 or num_test < 1:
        raise ValueError('num_train and num_test must be positive, got '
                         f'{num_train} and {num_test}')
    if seed < 0 or num_workers < 0:
        raise ValueError('seed and num_workers must not be negative, got '
                         f'{seed} and {num_workers}')
    size = (int(size[0]), int(size[1]))
    SceneRenderer(*size)  # refuses a bad size before anything is written
    out = Path(out_dir)
    _prepare_folder(out, overwrite)
    meta = dict(
        dataset_type='SynHICO',
        version=VERSION,
        complete=False,
        num_train=num_train,
        num_test=num_test,
        seed=seed,
        width=size[0],
        height=size[1],
        balanced=balanced)
    # Written first as well, so that an interrupted run can be overwritten.
    write_json(out / META_NAME, meta, indent=2)
    start = time.perf_counter()
    counts = {
        split:
        _write_split(out, split, plan_split(num, seed, split, balanced), seed,
                     size, num_workers, progress)
        for split, num in (('train', num_train), ('test', num_test))
    }
    seconds = time.perf_counter() - start
    rows = _write_counts(out / 'annotations' / 'class_counts.csv', counts)
    if vcoco:
        _write_vcoco(out / 'annotations', size)
    meta['complete'] = True
    write_json(out / META_NAME, meta, indent=2)
    return dict(
        counts=rows, images_per_second=(num_train + num_test) / seconds)
