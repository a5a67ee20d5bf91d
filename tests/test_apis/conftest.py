# Copyright (c) mmhoi contributors.
from pathlib import Path

import pytest

from mmhoi.apis import HOIInferencer

CONFIG = (
    Path(__file__).resolve().parents[2] /
    'configs/hoiclip/hoiclip_mini_synhico.py')


@pytest.fixture(scope='session')
def inferencer(mini_checkpoint):
    return HOIInferencer(
        str(CONFIG), mini_checkpoint, device='cpu', show_progress=False)
