# Copyright (c) mmhoi contributors.
"""Stands in for tools/test.py: a point more than its checkpoint's run."""
import argparse
import json
from pathlib import Path

from fake_trainer import metrics


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('config')
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--work-dir', type=Path)
    parser.add_argument('--cfg-options', nargs='+')
    args = parser.parse_args()
    assert args.checkpoint.exists()
    epoch = int(args.checkpoint.stem.removeprefix('epoch_'))
    found = metrics(args.checkpoint.parent.name, epoch)
    path = args.work_dir / '2026_1' / '2026_1.json'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(
            dict({
                key: value + 1
                for key, value in found.items()
            }, time=1.)))


if __name__ == '__main__':
    main()
