# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest

from mmhoi.annotations.hoia_writing import (hoia_record, image_number,
                                            write_hoia)
from mmhoi.label_spaces import load_label_space

SPACE = load_label_space('hico_det')


def test_fractions_of_pixels_stay():
    boxes = np.array([[1.5, 2, 3, 4]])
    record = hoia_record('a_1.jpg', boxes, boxes, [153], SPACE)
    # A person and a motorcycle: two boxes, although the numbers are equal.
    assert [a['bbox'] for a in record['annotations']] == [[1.5, 2, 3, 4]] * 2
    assert '[1.5, 2, 3, 4]' in json.dumps(record)


@pytest.mark.parametrize('name', ['beach.jpg', '12', ''])
def test_name_without_number(name):
    words = f'"{name}" has no `img_id` and its name'
    with pytest.raises(ValueError, match=words):
        image_number(name)


def test_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / 'new' / 'ann.json'
    write_hoia(path, [dict(a=1)])
    assert json.loads(path.read_text()) == [dict(a=1)]
    with pytest.raises(TypeError):
        write_hoia(path, [{1, 2}])
    assert json.loads(path.read_text()) == [dict(a=1)]
