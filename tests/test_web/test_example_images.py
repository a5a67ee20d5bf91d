# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
import pytest
from web import UploadLimits, find_examples, read_upload, render_examples


def test_rendered_examples(tmp_path):
    paths = render_examples(tmp_path)
    images = [cv2.imread(path) for path in paths]
    assert len(paths) == 6
    assert all(image.shape == (160, 192, 3) for image in images)
    assert all(image.std() > 10 for image in images)
    for path in paths:
        read_upload(path, UploadLimits())
    again = [cv2.imread(path) for path in render_examples(tmp_path)]
    assert np.array_equal(images, again)


def check(path):
    read_upload(path, UploadLimits())


def test_found_examples(folder):
    with pytest.warns(UserWarning, match='text.jpg is left out: The file is'):
        paths = find_examples(folder, check)
    names = [path.rsplit('/')[-1] for path in paths]
    assert names == ['a.jpg', 'b.png', 'broken.jpg', 'c.JPG']


def test_number_of_examples(tmp_path):
    for i in range(14):
        cv2.imwrite(str(tmp_path / f'{i:02}.png'), np.zeros((2, 2, 3)))
    assert find_examples(tmp_path, check)[-1] == str(tmp_path / '11.png')


def test_no_examples(tmp_path):
    (tmp_path / 'a.png').write_text('no image')
    with pytest.warns(UserWarning), pytest.raises(
            FileNotFoundError, match='no image that could be'):
        find_examples(tmp_path, check)
    with pytest.raises(FileNotFoundError, match='does not exist'):
        find_examples(tmp_path / 'no', check)
