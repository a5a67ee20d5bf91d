# Copyright (c) mmhoi contributors.
"""Print the largest differences of the reference to golden files."""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from reference.golden import (  # noqa: E402 isort:skip
    model_differences, training_differences)

MODEL, TRAIN = 'hoiclip_tiny_hico.pt', 'hoiclip_tiny_train.pt'
#: Losses are about 40; so much do official runs with 1 and 2 threads differ.
TOLERANCE = 2e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        'folder', type=Path, help=f'folder with {MODEL} and {TRAIN}')
    folder = parser.parse_args().folder
    for name in (MODEL, TRAIN):
        if not (folder / name).is_file():
            parser.error(f'no such golden file: {folder / name}')
    found = model_differences(folder / MODEL)
    found.update(training_differences(folder / MODEL, folder / TRAIN))
    for name, value in found.items():
        print(f'{value:.1e}  {name}')
    worst = max(found.values())
    print(f'{len(found)} comparisons, largest difference {worst:.1e}')
    sys.exit(worst > TOLERANCE)


if __name__ == '__main__':
    main()
