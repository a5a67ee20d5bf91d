# Copyright (c) mmhoi contributors.
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset
from mmengine.visualization import BaseVisBackend
from PIL import Image

from mmhoi.datasets import HICODetDataset
from mmhoi.engine.hooks import HOIVisualizationHook, visualization_hook
from mmhoi.setup_env import register_all_modules
from mmhoi.visualization import HOILocalVisualizer

SUB, OBJ = [10., 20., 50., 60.], [30., 30., 90., 70.]
NAMES = ('park/0.png', 'park/1.jpg', 'street/0.png', 'street/1.jpg')


class RecordingBackend(BaseVisBackend):
    """Stands in for TensorBoard and W&B, which need more than a test has."""

    def __init__(self, save_dir=None):
        super().__init__(save_dir or '.')
        self.images = []

    def _init_env(self):
        pass

    @property
    def experiment(self):
        return self

    def add_image(self, name, image, step=0, **kwargs):
        self.images.append((name, image, step))


@pytest.fixture
def make_runner(tmp_path, make_record):
    """Function that makes a runner which tests images of given names."""
    register_all_modules()

    def make(names=NAMES, on_error='stop', backends=None):
        records = []
        for number, name in enumerate(names):
            record = make_record(number, boxes=[(SUB, 1), (OBJ, 4)])
            records.append(dict(record, file_name=name))
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            Image.new('RGB', (100, 80), (99, 99, 99)).save(path)
        (tmp_path / 'ann.json').write_text(json.dumps(records))
        dataset = HICODetDataset(
            'ann.json',
            data_root=str(tmp_path),
            data_prefix=dict(img_path=''),
            test_mode=True,
            pipeline=[
                dict(type='LoadHOIImage', on_error=on_error),
                dict(type='LoadHOIAnnotations', clamp=False),
                dict(type='PackHOIInputs')
            ])
        visualizer = HOILocalVisualizer(
            name=f'hook_{tmp_path.name}', vis_backends=backends)
        visualizer.dataset_meta = dataset.metainfo
        loader = SimpleNamespace(dataset=dataset)
        return SimpleNamespace(
            work_dir=str(tmp_path),
            timestamp='t',
            iter=40,
            visualizer=visualizer,
            test_dataloader=loader,
            val_dataloader=loader)

    return make


def samples(runner):
    dataset = runner.test_dataloader.dataset
    return [dataset[i]['data_samples'] for i in range(len(dataset))]


def run_test(runner, hook):
    hook.before_test(runner)
    for batch, sample in enumerate(samples(runner)):
        hook.after_test_iter(runner, batch, None, [sample])


def test_a_picture_of_each_image(make_runner, tmp_path):
    run_test(make_runner(), HOIVisualizationHook(draw=True, test_out_dir='p'))
    folder = tmp_path / 't' / 'p'
    found = sorted(path for path in folder.rglob('*') if path.is_file())
    assert [str(path.relative_to(folder)) for path in found] == list(NAMES)


def test_a_damaged_image_does_not_end_the_test(make_runner, tmp_path):
    runner = make_runner(on_error='skip')
    path = tmp_path / NAMES[1]
    path.write_bytes(path.read_bytes()[:400])
    run_test(runner, HOIVisualizationHook(draw=True, test_out_dir='p'))
    assert len(list((tmp_path / 't' / 'p').rglob('*.*'))) == 4


def test_a_picture_that_cannot_be_written_does_not_end_the_test(
        make_runner, tmp_path, monkeypatch):
    texts = []
    monkeypatch.setattr(visualization_hook, 'print_log',
                        lambda text, **kwargs: texts.append(text))
    runner = make_runner()
    (tmp_path / 't' / 'p').mkdir(parents=True)
    (tmp_path / 't' / 'p' / 'park').write_text('')  # no folder
    hook = HOIVisualizationHook(draw=True, test_out_dir='p')
    run_test(runner, hook)
    hook.after_test_epoch(runner)
    assert ['park/0.png' in texts[0], 'park/1.jpg' in texts[1]] == [True] * 2
    assert texts[2].startswith('2 pictures in ') and ', 2 could' in texts[2]


@pytest.mark.parametrize('orientation', [3, 6])
def test_boxes_lie_on_the_image_as_it_is_tested(make_runner, tmp_path,
                                                orientation):
    """The tag turns neither the image nor the boxes."""
    pictures = []
    for number in (1, orientation):
        runner = make_runner(['0.png'])
        exif = Image.Exif()
        exif[0x0112] = number
        pixels = np.arange(80 * 100 * 3).reshape(80, 100, 3) % 251
        Image.fromarray(pixels.astype(np.uint8)).save(
            tmp_path / '0.png', exif=exif)
        run_test(runner, HOIVisualizationHook(draw=True, test_out_dir='p'))
        pictures.append(np.asarray(Image.open(tmp_path / 't' / 'p' / '0.png')))
    assert np.array_equal(*pictures)


def test_images_of_several_data_sets(make_runner, tmp_path):
    runner = make_runner(NAMES[:2])
    parts = [runner.test_dataloader.dataset]
    parts.append(make_runner(NAMES[2:]).test_dataloader.dataset)
    runner.test_dataloader.dataset = ConcatDataset(parts)
    run_test(runner, HOIVisualizationHook(draw=True, test_out_dir='p'))
    assert len(list((tmp_path / 't' / 'p').rglob('*.*'))) == 4


def test_backends_get_the_picture(make_runner):
    backend = RecordingBackend()
    runner = make_runner(backends=[backend])
    hook = HOIVisualizationHook(draw=True, interval=5)
    outputs = samples(runner)
    for batch in range(12):
        hook.after_val_iter(runner, batch, None, outputs[:1])
    hook.before_test(runner)
    hook.after_test_iter(runner, 0, None, outputs[:2])
    # In validation no two pictures have the same name and step, also when
    # there are fewer iterations between two validations than batches.
    assert [(name, step)
            for name, _, step in backend.images] == [('val_img_0', 40),
                                                     ('val_img_5', 40),
                                                     ('val_img_10', 40),
                                                     ('test_img', 1),
                                                     ('test_img', 2)]
    for _, image, _ in backend.images:
        assert image.dtype == np.uint8 and image.shape[1] >= 768


def test_nothing_is_drawn_unasked(make_runner):
    runner = make_runner()
    runner.visualizer = None
    hook = HOIVisualizationHook()
    run_test(runner, hook)
    hook.after_val_iter(runner, 0, None, samples(runner))
    assert torch.is_tensor(samples(runner)[0].gt_hoi_instances.sub_bboxes)
