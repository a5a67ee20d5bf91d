# Copyright (c) mmhoi contributors.
"""Frames per second and memory over time of a video of rendered scenes."""
import argparse
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from mmhoi.apis import HOIInferencer
from mmhoi.synthetic import SceneRenderer


def write_video(path, num_frames):
    """Write rendered scenes as the frames of a video."""
    renderer = SceneRenderer()
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), 25,
        (renderer.width, renderer.height))
    for index in range(num_frames):
        rng = np.random.default_rng(index)
        writer.write(renderer.render(rng, [153]).image)
    writer.release()


def memory():
    """Resident memory of this process in MB."""
    pages = int(Path('/proc/self/statm').read_text('ascii').split()[1])
    return pages * 4096 / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--num-frames', type=int, default=200)
    parser.add_argument('--batch-size', type=int, default=1)
    parser.add_argument('--no-save-vis', action='store_true')
    args = parser.parse_args()
    inferencer = HOIInferencer(
        args.config, args.checkpoint, show_progress=False)
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder, 'video.mp4')
        write_video(video, args.num_frames)
        start = time.perf_counter()
        samples = []
        for _ in inferencer.stream(
                video,
                batch_size=args.batch_size,
                no_save_vis=args.no_save_vis,
                out_dir=folder):
            samples.append(memory())
        seconds = time.perf_counter() - start
    print(f'{len(samples)} frames in {seconds:.1f} s: '
          f'{len(samples) / seconds:.2f} a second')
    step = max(len(samples) // 8, 1)
    print('memory, MB: ' + ', '.join(f'{value:.0f}'
                                     for value in samples[step - 1::step]))


if __name__ == '__main__':
    main()
