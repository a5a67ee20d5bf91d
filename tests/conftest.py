# Copyright (c) mmhoi contributors.
# Before mmdet, whose models need the stand-in for absent mmcv operators.
import mmhoi  # noqa: F401 isort:skip
import pytest
from mmengine.registry import DefaultScope


@pytest.fixture(scope='session', autouse=True)
def text_embedding_cache(tmp_path_factory):
    """Keep cached text embeddings of tests out of the user's cache."""
    patch = pytest.MonkeyPatch()
    patch.setenv('MMHOI_CACHE', str(tmp_path_factory.mktemp('mmhoi_cache')))
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def keep_default_scope():
    """A test that runs a Runner leaves no default scope to later ones."""
    before = dict(DefaultScope._instance_dict)
    yield
    DefaultScope._instance_dict.clear()
    DefaultScope._instance_dict.update(before)


@pytest.fixture
def make_record():
    """Function that makes a HOIA entry, by default of a motorcycle race."""

    def make(number=1, boxes=None, hois=None):
        """Make an entry.

        Args:
            number (int): Number of the image.
            boxes (list, optional): (bbox, category_id) of each box.
            hois (list, optional): (subject_id, object_id, verb category_id)
                of each interaction.
        """
        if boxes is None:
            boxes = [([10, 20, 50, 60], 1), ([30, 30, 90, 70], 4)]
        if hois is None:
            # race and ride: HOIs 152 and 153.
            hois = [(0, 1, 73), (0, 1, 77)]
        return dict(
            file_name=f'HICO_train2015_{number:08d}.jpg',
            img_id=number,
            annotations=[
                dict(bbox=bbox, category_id=category)
                for bbox, category in boxes
            ],
            hoi_annotation=[
                dict(subject_id=sub, object_id=obj, category_id=verb)
                for sub, obj, verb in hois
            ])

    return make
