# Copyright (c) mmhoi contributors.
import json

import pytest

from mmhoi.label_spaces import load_label_space


@pytest.fixture(scope='session')
def space():
    return load_label_space('hico_det')


@pytest.fixture
def write(tmp_path):
    """Function that writes a json; returns its path."""

    def write(content, name='boxes.json'):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            content if isinstance(content, str) else json.dumps(content))
        return path

    return write
