# Copyright (c) mmhoi contributors.
"""tools/dataset_converters/vcoco.py."""
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from vcoco_files import GOLDEN, write_files

from mmhoi.annotations import (hoia_records, load_coco_instances,
                               load_vcoco_labels)

TOOL = (
    Path(__file__).parents[2] / 'tools' / 'dataset_converters' / 'vcoco.py')


def run(*args):
    return subprocess.run(
        [sys.executable, str(TOOL), *map(str, args)],
        capture_output=True,
        text=True)


def test_writes_the_file_and_counts_it(tmp_path):
    golden = dict(np.load(GOLDEN))
    paths = write_files(tmp_path, golden)
    out = tmp_path / 'new' / 'out.json'
    done = run(*paths, out)
    assert done.returncode == 0, done.stderr
    labels = load_vcoco_labels(paths[0])
    records = hoia_records(labels, load_coco_instances(paths[1:],
                                                       labels.images))
    assert json.loads(out.read_text()) == records
    assert 'no published split' in done.stdout
    stand = golden['label'][:, 1].sum()
    assert any(line.split() == ['stand', str(stand)]
               for line in done.stdout.splitlines())
    assert hashlib.sha256(out.read_bytes()).hexdigest() in done.stdout


def test_an_incomplete_file_writes_nothing(tmp_path):
    labels, instances = write_files(tmp_path, dict(np.load(GOLDEN)))
    instances.write_text(instances.read_text()[:5000])
    out = tmp_path / 'out.json'
    done = run(labels, instances, out)
    assert done.returncode == 1
    assert 'error:' in done.stderr and 'instances.json' in done.stderr
    assert not out.exists()


def test_help_says_what_prior_pickle_is_for():
    assert 'prior.pickle' in run('--help').stdout
