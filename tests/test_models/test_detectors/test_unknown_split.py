# Copyright (c) mmhoi contributors.
"""A zero-shot split that the label space of a method does not have."""
from pathlib import Path

import pytest
from tiny_configs import tiny_config

from mmhoi.registry import MODELS
from mmhoi.utils.setup_error import SetupError

HEADS = {
    'cdn/cdn_mini_synhico.py': 'bbox_head',
    'consnet/consnet_mini_synhico.py': 'interaction_head',
    'factorized/factorized_mini_synhico.py': 'interaction_head',
    'functional/functional_mini_synhico.py': 'interaction_head',
}


@pytest.mark.parametrize('name', HEADS)
@pytest.mark.parametrize('options, message', [
    (dict(zero_shot_split='rf'), 'unknown zero-shot split "rf".*rf_uc'),
    (dict(zero_shot_split='rf_uc',
          label_space='vcoco'), '"rf_uc".*"vcoco" has no splits'),
])
def test_unknown_split(name, options, message):
    model = tiny_config(name, Path()).model
    head = model[HEADS[name]]
    head.update(options)
    # They are counted for HICO-DET.
    head.pop('class_weights', None)
    with pytest.raises(SetupError, match=message):
        MODELS.build(model)
