# Copyright (c) mmhoi contributors.
import subprocess
import sys

from tests.conftest import MINI_CONFIG

PREDICT = """
import sys
import numpy as np
from mmhoi.apis import HOIInferencer
inferencer = HOIInferencer(*sys.argv[1:3], show_progress=False)
image = np.zeros((64, 80, 3), np.uint8)
assert len(inferencer(image)['predictions'][0]['hois']) > 0
print(*sys.modules)
"""


def test_prediction_leaves_alone_what_training_needs(mini_checkpoint):
    """They take a fifth of the time until the first prediction."""
    run = subprocess.run(
        [sys.executable, '-c', PREDICT,
         str(MINI_CONFIG), mini_checkpoint],
        check=True,
        capture_output=True,
        text=True)
    loaded = set(run.stdout.split())
    assert {'mmhoi.models', 'mmdet.models'} <= loaded
    assert not loaded & {
        'imgaug', 'mmdet.apis', 'mmdet.datasets', 'mmdet.evaluation',
        'mmhoi.evaluation.metrics', 'pandas'
    }
