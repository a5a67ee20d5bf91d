# Copyright (c) mmhoi contributors.
"""Memory over many images, which must not grow: KB for each 1,000 of them.

    python benchmarks/robustness/memory_slope.py stream --num-images 10000

A few small rendered images are repeated by links. `stream` is that of
`HOIInferencer`, with predictions written; `batch` what an actor of
tools/batch_inference.py does; `test` is the loop of tools/test.py, where the
metric keeps the predictions of all images to the end.
"""
import argparse
import json
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from mmhoi.synthetic import write_synhico

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / 'configs/hoiclip/hoiclip_mini_synhico.py'
NUM_RENDERED = 20
SIDE = 96


def resident_kb():
    """Resident memory of this process in KB."""
    return int(Path('/proc/self/statm').read_text().split()[1]) * 4


def make_data(folder, num_images):
    """SynHICO with its small test images repeated by links."""
    write_synhico(folder, num_train=1, num_test=NUM_RENDERED, num_workers=1)
    images = folder / 'images' / 'test2015'
    ann_file = folder / 'annotations' / 'test_hico.json'
    records, repeated = json.loads(ann_file.read_text(encoding='utf-8')), []
    for path in images.iterdir():
        image = cv2.imread(str(path))
        cv2.imwrite(str(path), cv2.resize(image, (SIDE, SIDE)))
    for number in range(num_images):
        record = dict(records[number % NUM_RENDERED])
        link = images / f'HICO_test2015_{number + 10**7:08d}.jpg'
        link.symlink_to(images / record['file_name'])
        record.update(file_name=link.name, img_id=number + 10**7)
        repeated.append(record)
    ann_file.write_text(json.dumps(repeated), encoding='utf-8')
    return sorted(map(str, images.glob('HICO_test2015_1*.jpg')))


def make_model(folder):
    """Config with small images, and a checkpoint of random weights."""
    from mmhoi.apis.random_model import save_random_checkpoint
    config, checkpoint = folder / 'config.py', folder / 'epoch_1.pth'
    config.write_text(f'_base_ = "{CONFIG}"\n')
    save_random_checkpoint(str(config), checkpoint)
    return str(config), str(checkpoint)


def slope(samples):
    """KB for each 1,000 images, and the spread around the line.

    Args:
        samples (list[tuple[float, int]]): Images done and resident KB.

    Returns:
        tuple[float, float]: Slope of the least squares, largest distance.
    """
    done, memory = np.array(samples, float).T
    factors = np.polyfit(done, memory, 1)
    return (1000 * factors[0],
            np.abs(memory - np.polyval(factors, done)).max())


def run_stream(note, paths, config, checkpoint, folder, batch_size):
    from mmhoi.apis import HOIInferencer
    inferencer = HOIInferencer(
        config, checkpoint, device='cpu', show_progress=False)
    results = inferencer.stream(
        paths, batch_size, out_dir=str(folder / 'out'), no_save_vis=True)
    for done, _ in enumerate(results, 1):
        note(done)


def run_batch(note, paths, config, checkpoint, folder, batch_size):
    import pyarrow as pa

    from mmhoi.apis.batch_prediction import BatchPredictor
    predict = BatchPredictor(config, checkpoint, 'cpu')
    for start in range(0, len(paths), batch_size):
        batch = paths[start:start + batch_size]
        predict(pa.table(dict(path=batch)))
        note(start + len(batch))


def run_test(note, paths, config, checkpoint, folder, batch_size):
    from mmengine.config import Config
    from mmengine.hooks import Hook
    from mmengine.runner import Runner

    from mmhoi.setup_env import register_all_modules

    class NoteHook(Hook):

        def after_test_iter(self, runner, batch_idx, *args, **kwargs):
            note((batch_idx + 1) * batch_size)

    register_all_modules(init_default_scope=False)
    cfg = Config.fromfile(config)
    cfg.merge_from_dict({
        'work_dir': str(folder / 'work'),
        'load_from': checkpoint,
        'test_dataloader.dataset.data_root': f'{folder}/',
        'test_dataloader.batch_size': batch_size,
        'test_dataloader.num_workers': 0,
        'test_dataloader.persistent_workers': False
    })
    runner = Runner.from_cfg(cfg)
    runner.register_hook(NoteHook())
    runner.test()


WAYS = dict(stream=run_stream, batch=run_batch, test=run_test)


class Noted:
    """Memory after images; ends the program after some time.

    Args:
        seconds (float, optional): That time.
    """

    def __init__(self, seconds):
        self.samples, self.start, self.seconds = [], time.time(), seconds

    def __call__(self, done):
        self.samples.append((done, resident_kb()))
        if self.seconds and time.time() - self.start > self.seconds:
            raise TimeoutError


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('way', choices=WAYS)
    parser.add_argument('--num-images', type=int, default=10000)
    parser.add_argument('--batch-size', type=int, default=8)
    parser.add_argument(
        '--warm-up',
        type=float,
        default=.2,
        help='part of the images that is not counted (default: 0.2)')
    parser.add_argument('--seconds', type=float, help='stop after this time')
    args = parser.parse_args()
    note = Noted(args.seconds)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        paths = make_data(folder, args.num_images)
        config, checkpoint = make_model(folder)
        try:
            WAYS[args.way](note, paths, config, checkpoint, folder,
                           args.batch_size)
        except TimeoutError:
            pass
    samples = note.samples[int(len(note.samples) * args.warm_up):]
    growth, distance = slope(samples)
    print(f'{args.way}: {samples[-1][0]} images in '
          f'{time.time() - note.start:.0f} s, {samples[-1][1] / 1024:.0f} MB; '
          f'{growth:.0f} KB for each 1,000 images after the first '
          f'{samples[0][0]}, at most {distance:.0f} KB off the line')


if __name__ == '__main__':
    main()
