# Copyright (c) mmhoi contributors.
"""Feed malformed files to all readers of the evaluation.

    python tests/fuzz/fuzz_readers.py --seconds 600

Each case mutates a valid file, in its bytes or in its content, and reads it.
Reading must end in a result or in a ValueError, KeyError or
FileNotFoundError with a message, within `TIME_LIMIT` seconds and without
taking more than `MEMORY_LIMIT` bytes. Files that make a reader do anything
else are kept.
"""
import argparse
import json
import multiprocessing
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
from fuzz_mutations import (mutate_bytes, mutate_json, mutate_json_lines,
                            mutate_mat, mutate_npz, mutate_pickle)

from mmhoi.evaluation.functional import PairArrays, VCOCODetections
from mmhoi.evaluation.hico_ground_truth import read_hico_ground_truth
from mmhoi.evaluation.prediction_io import (HICOPredictions,
                                            read_hico_predictions,
                                            write_hico_predictions)
from mmhoi.evaluation.prediction_io.vcoco_formats import (
    read_vcoco_predictions, write_vcoco_predictions)
from mmhoi.evaluation.vcoco_ground_truth import read_vcoco_ground_truth

TIME_LIMIT = 20
MEMORY_LIMIT = 2 * 2**30
ALLOWED = (ValueError, KeyError, FileNotFoundError)
IMAGE_IDS = np.array([3, 4, 9])


def main():
    args = parse_args()
    work = Path(tempfile.mkdtemp(prefix='fuzz_readers_'))
    counts, failures = Counter(), []
    seed, end = args.seed, time.time() + args.seconds
    while time.time() < end:
        # A process of its own, which a fault in a library may kill.
        queue = multiprocessing.SimpleQueue()
        process = multiprocessing.Process(
            target=run_cases, args=(work, seed, args.batch, end, queue))
        process.start()
        results = []
        while process.is_alive() or not queue.empty():
            if queue.empty():
                time.sleep(.05)
            else:
                results.append(queue.get())
        if process.exitcode != 0:
            name = reader_name(seed + len(results))
            results.append((name, f'exit status {process.exitcode}', ''))
        for offset, (name, outcome, text) in enumerate(results):
            counts[name, outcome] += 1
            if outcome not in ('read', 'refused'):
                failures.append((seed + offset, name, outcome, text))
        seed += max(1, len(results))
    report(counts, failures, work)
    sys.exit(bool(failures))


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument('--seed', type=int, default=0, help='the first case')
    parser.add_argument(
        '--batch', type=int, default=2000, help='cases for each process')
    return parser.parse_args()


def report(counts, failures, work):
    """Print the number of cases and the failures; keep their files."""
    names = sorted({name for name, _ in counts})
    for name in names:
        print(
            f'{name:24}',
            ', '.join(f'{count} {outcome}'
                      for (other, outcome), count in sorted(counts.items())
                      if other == name))
    for seed, name, outcome, text in failures[:20]:
        print(f'FAILURE case {seed}: {name}: {outcome}\n{text}')
    print(f'{sum(counts.values())} cases, {len(failures)} failures'
          f'{f", files in {work}" if failures else ""}')
    if not failures:
        shutil.rmtree(work)


def run_cases(work, seed, num_cases, end, queue):
    """Run cases until their number or the time is reached."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for case in range(seed, seed + num_cases):
        if time.time() >= end:
            return
        queue.put(run_case(work, case))


def run_case(work, case):
    """Run one case.

    Args:
        work (Path): Folder for files.
        case (int): Number of the case, which decides all.

    Returns:
        tuple[str, str, str]: Name of the reader, outcome (`read`, `refused`
        or what went wrong) and a traceback.
    """
    rng = random.Random(case)
    name = reader_name(case)
    valid, folder = work / name, work / f'{name}_{case}'
    if not valid.exists():
        valid.mkdir()
        READERS[name].read(READERS[name].make(valid))
    shutil.copytree(valid, folder)
    path = next(folder.iterdir())
    mutate(READERS[name], path, rng)
    outcome, text = read_guarded(READERS[name].read, path)
    if outcome in ('read', 'refused'):
        shutil.rmtree(folder)
    return name, outcome, text


def reader_name(case):
    """The readers take turns."""
    return list(READERS)[case % len(READERS)]


def read_guarded(read, path):
    """Read with a time limit; outcome and traceback."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    signal.signal(signal.SIGALRM, raise_timeout)
    signal.alarm(TIME_LIMIT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            read(path)
        outcome, text = 'read', ''
    except ALLOWED as error:
        outcome, text = 'refused', ''
        if not str(error).strip('\'" '):
            outcome, text = 'no message', traceback.format_exc()
    except BaseException as error:
        outcome, text = type(error).__name__, traceback.format_exc()
    finally:
        signal.alarm(0)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if grown * 1024 > MEMORY_LIMIT:
        outcome, text = 'memory', f'{grown} KiB'
    return outcome, text


def raise_timeout(*_):
    raise TimeoutError(f'not read within {TIME_LIMIT} s')


def mutate(reader, path, rng):
    """Change the file in its bytes, in its content or in both."""
    target = path
    if path.is_dir():
        target = path / f'detections_{rng.randint(1, 80):02d}.mat'
    if rng.random() < .6:
        reader.mutate_content(target, rng)
    if rng.random() < .5:
        content = bytearray(target.read_bytes())
        for _ in range(rng.choice((1, 1, 2, 5, 20))):
            mutate_bytes(content, rng)
        target.write_bytes(content)


def make_predictions():
    """Five predictions for three images."""
    boxes = np.array([[1, 2, 30, 40.5]] * 5, np.float32)
    pairs = PairArrays(
        np.array([0, 0, 0, 2, 2]), np.array([0, 153, 154, 599, 0]), boxes,
        boxes + 3, np.float32([.5, .25, .75, .125, .375]))
    return HICOPredictions(IMAGE_IDS, pairs,
                           np.array([[100, 90], [80, 90], [60, 70]]))


def make_record(image_id):
    """An entry in HOIA format, for HICO-DET and V-COCO."""
    return dict(
        file_name=f'image_{image_id:012d}.jpg',
        img_id=image_id,
        annotations=[
            dict(bbox=[1, 2, 30, 40], category_id=1),
            dict(bbox=[4, 5, 33, 43], category_id=4)
        ],
        hoi_annotation=[
            dict(subject_id=0, object_id=1, category_id=verb)
            for verb in (1, 20)
        ])


def make_hico_npz(folder):
    """Annotation of HICO-DET as arrays."""
    path, pairs = folder / 'gt.npz', make_predictions().pairs
    np.savez(
        path,
        image_id=IMAGE_IDS,
        gt_image=pairs.images,
        gt_hoi=pairs.labels,
        gt_human=pairs.sub_bboxes,
        gt_object=pairs.obj_bboxes)
    return path


def make_hoia(folder):
    """Annotation of three images as HOIA json."""
    path = folder / 'gt.json'
    path.write_text(json.dumps([make_record(int(i)) for i in IMAGE_IDS]))
    return path


def make_detections():
    """Two persons on V-COCO."""
    rng = np.random.RandomState(0)
    roles = np.concatenate((np.tile([1, 2, 30, 40],
                                    (2, 26, 2, 1)), rng.rand(2, 26, 2, 1)), -1)
    return VCOCODetections.from_dense(
        np.array([3, 9]), np.float32([[1, 2, 30, 40]] * 2),
        rng.rand(2, 26).astype(np.float32), roles.astype(np.float32))


def make_vcoco_npz(folder):
    """Annotation of V-COCO as arrays."""
    path = folder / 'gt.npz'
    np.savez(
        path,
        image_id=IMAGE_IDS,
        person_image_id=IMAGE_IDS,
        person_box=np.float32([[1, 2, 30, 40]] * 3),
        person_action=np.ones((3, 26), np.int8),
        person_role_box=np.full((3, 26, 2, 4), np.nan, np.float32))
    return path


def hico(name):
    """Function that writes HICO-DET predictions into a folder."""
    return lambda folder: write(write_hico_predictions, folder / name,
                                make_predictions())


def vcoco(name):
    """Function that writes V-COCO predictions into a folder."""
    return lambda folder: write(write_vcoco_predictions, folder / name,
                                make_detections())


def write(function, path, content):
    """Write and return the path."""
    function(path, content)
    return path


def read_hico(path):
    return read_hico_predictions(path, IMAGE_IDS)


@dataclass
class Reader:
    """How to make, read and mutate a file.

    Attributes:
        make (Callable): Writes a valid file into a folder, gives its path.
        read (Callable): Reads it.
        mutate_content (Callable): Changes its content at random.
    """
    make: Callable
    read: Callable
    mutate_content: Callable


READERS = {
    'hico_pkl': Reader(hico('a.pkl'), read_hico, mutate_pickle),
    'hico_json': Reader(hico('a.json'), read_hico, mutate_json),
    'hico_jsonl': Reader(hico('a.jsonl'), read_hico, mutate_json_lines),
    'hico_npz': Reader(hico('a.npz'), read_hico, mutate_npz),
    'hico_mat': Reader(hico('folder'), read_hico, mutate_mat),
    'hico_gt_json': Reader(make_hoia, read_hico_ground_truth, mutate_json),
    'hico_gt_npz': Reader(make_hico_npz, read_hico_ground_truth, mutate_npz),
    'vcoco_pkl': Reader(vcoco('a.pkl'), read_vcoco_predictions, mutate_pickle),
    'vcoco_jsonl': Reader(
        vcoco('a.jsonl'), read_vcoco_predictions, mutate_json_lines),
    'vcoco_npz': Reader(vcoco('a.npz'), read_vcoco_predictions, mutate_npz),
    'vcoco_gt_json': Reader(make_hoia, read_vcoco_ground_truth, mutate_json),
    'vcoco_gt_npz': Reader(
        make_vcoco_npz, read_vcoco_ground_truth, mutate_npz),
}  # yapf: disable

if __name__ == '__main__':
    main()
