# Copyright (c) mmhoi contributors.
import csv
import json
import multiprocessing
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmhoi.synthetic import (SceneRenderer, image_rng, load_vocabulary,
                             plan_split, write_synhico)


def _files(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(Path(folder).rglob('*')) if p.is_file()
    }


@pytest.fixture(scope='module')
def small(tmp_path_factory):
    out = tmp_path_factory.mktemp('synhico') / 'data'
    result = write_synhico(out, 40, 20, seed=3, progress=False)
    return out, result


def test_files_do_not_depend_on_the_workers(small, tmp_path):
    write_synhico(
        tmp_path / 'b', 40, 20, seed=3, num_workers=2, progress=False)
    assert _files(small[0]) == _files(tmp_path / 'b')


def test_workers_end_where_the_program_catches_sigterm(tmp_path):
    # Those of other tests may still be ending.
    children = set(multiprocessing.active_children())
    before = signal.signal(signal.SIGTERM, lambda *args: None)
    try:
        write_synhico(tmp_path / 'b', 4, 4, num_workers=2, progress=False)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert set(multiprocessing.active_children()) <= children


def test_splits_and_seeds_share_no_stream():
    values = [
        image_rng(seed, split, index).random() for seed in (0, 1)
        for split in ('train', 'test') for index in range(5)
    ]
    assert len(set(values)) == len(values)


def test_layout(small):
    out, result = small
    vocabulary = load_vocabulary()
    for split, name, number in (('train', 'trainval_hico.json', 40),
                                ('test', 'test_hico.json', 20)):
        entries = json.loads((out / 'annotations' / name).read_text())
        assert len(entries) == number
        images = list((out / 'images' / f'{split}2015').iterdir())
        assert len(images) == number
        counts = Counter()
        for k, entry in enumerate(entries):
            assert entry['img_id'] == k + 1
            assert entry['file_name'] == f'HICO_{split}2015_{k + 1:08d}.jpg'
            boxes = entry['annotations']
            for hoi in entry['hoi_annotation']:
                counts[hoi['hoi_category_id'] - 1] += 1
                known = vocabulary.classes[hoi['hoi_category_id'] - 1]
                assert boxes[hoi['subject_id']]['category_id'] == 1
                assert (boxes[hoi['object_id']]['category_id'] ==
                        vocabulary.coco_ids[known.object])
                assert (hoi['category_id'] -
                        1 == vocabulary.verb_indices[known.verb])
        assert counts == {
            r['hoi_id']: r[split]
            for r in result['counts'] if r[split]
        }
    with (out / 'annotations' / 'class_counts.csv').open() as file:
        assert len(list(csv.DictReader(file))) == len(vocabulary.classes)
    meta = json.loads((out / 'synhico_meta.json').read_text())
    assert meta['complete'] and meta['seed'] == 3


@pytest.mark.parametrize('split, name, offset',
                         [('train', 'trainval_hico.json', 0),
                          ('test', 'test_hico.json', 1)])
def test_written_scene_is_the_rendered_scene(small, split, name, offset):
    """Train boxes count from 0, test boxes from 1, as in HICO-DET."""
    out, _ = small
    number = {'train': 40, 'test': 20}[split]
    entry = json.loads((out / 'annotations' / name).read_text())[5]
    scene = SceneRenderer().render(
        image_rng(3, split, 5),
        plan_split(number, 3, split)[5])
    boxes = [a['bbox'] for a in entry['annotations']]
    assert boxes == (scene.boxes + offset).tolist()
    path = out / 'images' / f'{split}2015' / entry['file_name']
    image = cv2.imread(str(path))[..., ::-1].astype(int)
    assert np.abs(image - scene.image).mean() < 6


def test_rare_counts_of_written_annotations(monkeypatch, tmp_path):
    """Counted in the final annotations, with second subjects."""
    from mmhoi.synthetic import writer
    monkeypatch.setattr(writer.cv2, 'imwrite', lambda *args: True)
    result = write_synhico(
        tmp_path / 'c', 1000, 500, size=(96, 96), progress=False)
    for row in result['counts']:
        if row['rare']:
            assert 2 <= row['train'] <= 9
        else:
            assert row['train'] >= 10
        assert row['test'] >= 8


def test_other_data_is_never_overwritten(small, tmp_path):
    (tmp_path / 'precious.txt').write_text('keep')
    for overwrite in (False, True):
        with pytest.raises(FileExistsError, match='other data'):
            write_synhico(tmp_path, 1, 1, progress=False, overwrite=overwrite)
    with pytest.raises(FileExistsError, match='already holds'):
        write_synhico(small[0], 1, 1, progress=False)
    assert (tmp_path / 'precious.txt').read_text() == 'keep'


def test_overwrite_replaces_an_earlier_synhico(tmp_path):
    write_synhico(tmp_path, 3, 3, progress=False)
    write_synhico(tmp_path, 2, 1, progress=False, overwrite=True)
    assert len(list((tmp_path / 'images' / 'train2015').iterdir())) == 2


def test_bad_arguments_write_nothing(tmp_path):
    for kwargs in (dict(num_train=0), dict(num_workers=-1),
                   dict(size=(10, 10)), dict(seed=-1)):
        with pytest.raises(ValueError):
            write_synhico(tmp_path / 'x', **kwargs)
    assert not (tmp_path / 'x').exists()


def test_tool(tmp_path):
    root = Path(__file__).resolve().parents[2]
    tool = root / 'tools' / 'dataset_converters' / 'make_synhico.py'

    def run(*args):
        return subprocess.run(
            [sys.executable, str(tool), *args],
            capture_output=True,
            text=True,
            cwd=root)

    out = str(tmp_path / 'out')
    done = run(out, '--num-train', '4', '--num-test', '2', '--workers', '0')
    assert done.returncode == 0, done.stderr
    assert 'images/s' in done.stdout
    assert 'below 1000' in done.stderr
    again = run(out, '--num-train', '4', '--num-test', '2')
    assert again.returncode == 1
    assert 'already holds' in again.stderr
