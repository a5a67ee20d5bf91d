# Copyright (c) mmhoi contributors.
"""Whoever reads an image sees the same pixels, whatever its kind."""
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from image_kinds import image_kinds, refused_kinds
from web import FORMATS, UploadLimits
from web.demo_model import DemoModel

from mmhoi.apis import HOIInferencer, ImageReadError, read_image
from mmhoi.apis.image_lists import list_image_paths
from mmhoi.datasets import HICODetDataset, PairRegions
from mmhoi.datasets.transforms import LoadHOIImage
from mmhoi.deployment.exported_inferencer import _try_to_read
from mmhoi.engine.hooks import HOIVisualizationHook
from mmhoi.setup_env import register_all_modules
from mmhoi.visualization.dataset_views import view_item

KINDS, REFUSED = image_kinds(), refused_kinds()
WEB_ENDINGS = sum(FORMATS.values(), ())


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    """A folder with a file of each kind."""
    folder = tmp_path_factory.mktemp('kinds')
    for name, kind in KINDS.items():
        (folder / name).write_bytes(kind.content)
    for name, (content, _) in REFUSED.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope='module')
def dataset(folder):
    """A data set of all kinds, each with a pair that is the whole image."""
    register_all_modules()
    records = []
    for number, (name, kind) in enumerate(KINDS.items()):
        box = dict(bbox=[0, 0, *kind.stored.shape[::-1]], category_id=1)
        records.append(
            dict(
                file_name=name,
                img_id=number,
                annotations=[box, dict(box, category_id=4)],
                hoi_annotation=[
                    dict(subject_id=0, object_id=1, category_id=77)
                ]))
    (folder / 'ann.json').write_text(json.dumps(records))
    return HICODetDataset(
        'ann.json',
        data_root=str(folder),
        data_prefix=dict(img_path=''),
        test_mode=True,
        pipeline=[
            dict(type='LoadHOIImage'),
            dict(type='LoadHOIAnnotations', clamp=False),
            dict(type='PackHOIInputs')
        ])


def drawn_on(dataset, sample):
    """What the hook of tests draws on, BGR."""
    images = []
    runner = SimpleNamespace(
        test_dataloader=SimpleNamespace(dataset=dataset),
        visualizer=SimpleNamespace(
            add_datasample=lambda name, image, **kwargs: images.append(image)))
    HOIVisualizationHook(draw=True).after_test_iter(runner, 0, None, [sample])
    return images[0][..., ::-1]


@pytest.mark.parametrize('name', KINDS)
def test_whoever_reads_sees_the_same(name, folder, dataset):
    index, path = list(KINDS).index(name), str(folder / name)
    levels = KINDS[name].stored, KINDS[name].upright
    stored = LoadHOIImage()(dict(img_path=path))['img']
    upright = read_image(path)
    for image, expected in zip((stored, upright), levels):
        np.testing.assert_allclose(
            image.astype(int),
            np.repeat(expected[..., None], 3, 2),
            atol=KINDS[name].atol)

    item = dataset[index]
    view, = view_item(dataset, index, 'original')
    regions = PairRegions(dataset, 8)
    whole = regions.view(dict(img=stored))['clip_img']
    for image in (item['inputs']['img'].permute(1, 2, 0).numpy(),
                  view.image[..., ::-1], drawn_on(dataset,
                                                  item['data_samples'])):
        np.testing.assert_array_equal(image, stored)
    for region in regions[index]['regions']:
        np.testing.assert_array_equal(region.permute(1, 2, 0), whole)

    others = [
        HOIInferencer.load_image(path),
        np.asarray(_try_to_read(path))[..., ::-1]
    ]
    if name.endswith(WEB_ENDINGS):
        web = DemoModel(HOIInferencer, UploadLimits())
        others.append(web.preview(path)[..., ::-1])
    for image in others:
        np.testing.assert_array_equal(image, upright)


@pytest.mark.parametrize('name', REFUSED)
def test_whoever_reads_refuses_the_same(name, folder):
    path = str(folder / name)
    with pytest.raises(ImageReadError, match=REFUSED[name][1]) as error:
        read_image(path)
    assert str(_try_to_read(path)) == str(error.value)
    with pytest.raises(OSError, match=REFUSED[name][1]):
        LoadHOIImage()(dict(img_path=path))


def test_all_kinds_are_found_in_a_folder(folder):
    """By their endings; a .pfm is given by its name."""
    found = {Path(path).name for path in list_image_paths(str(folder))}
    assert found == {*KINDS, *REFUSED} - {'float.pfm'}
