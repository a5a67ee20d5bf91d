# Copyright (c) mmhoi contributors.
"""Stands in for tools/train.py: writes metrics that follow from the config.

`behaviour.json` in the working directory says what the run of a folder does
instead: `fail`, `full` (disk), `short` (no last step), or `wait` after its
first epoch until it is ended.
"""
import argparse
import json
import sys
import time
from pathlib import Path

from mmhoi.utils.folder_lock import lock_folder

#: What a component of the name of a folder adds to the metrics.
POINTS = {'base': -2., 'clip': 1., 'vlkt': -4., 'frac25': -10., 'nf-uc': 3.}


def options(pairs):
    return dict(pair.split('=', 1) for pair in pairs)


def metrics(name, epoch):
    *parts, seed = name.replace('-', '_').split('_')
    value = 20. + epoch + float(seed.removeprefix('seed'))
    value += sum(points for part, points in POINTS.items()
                 if set(part.replace('-', '_').split('_')) <= set(parts))
    return {
        f'hico/{key}': value + index
        for index, key in enumerate(
            ['unseen', 'seen', 'full', 'rare', 'non_rare'])
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('config')
    parser.add_argument('--work-dir', type=Path)
    parser.add_argument('--resume', action='store_true')
    parser.add_argument('--cfg-options', nargs='+')
    args = parser.parse_args()
    lock = lock_folder(str(args.work_dir))
    epochs = int(options(args.cfg_options)['train_cfg.max_epochs'])
    behaviour = Path('behaviour.json')
    behaviour = json.loads(behaviour.read_text()) if behaviour.exists() else {}
    act = behaviour.get(args.work_dir.name)
    if act == 'fail':
        sys.exit('first line\nerror: the loss is NaN')
    if act == 'full':
        sys.exit('error: no space is left to write "epoch_1.pth"')
    checkpoints = args.work_dir.glob('epoch_*.pth')
    done = max((int(p.stem[6:]) for p in checkpoints), default=0)
    folder = args.work_dir / f'2026_{done}' / 'vis_data'
    folder.mkdir(parents=True, exist_ok=True)
    for epoch in range(done + 1, epochs + (act != 'short')):
        with open(folder / 'scalars.json', 'a') as file:
            file.write(json.dumps(dict(loss=1., step=epoch * 5)) + '\n')
            found = metrics(args.work_dir.name, epoch)
            file.write(json.dumps(dict(found, time=.1, step=epoch)) + '\n')
        (args.work_dir / f'epoch_{epoch}.pth').touch()
        print(f'Epoch {epoch}, from {done}', flush=True)
        if act == 'wait':
            time.sleep(60)
    lock.close()


if __name__ == '__main__':
    main()
