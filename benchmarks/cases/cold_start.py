# Copyright (c) mmhoi contributors.
"""Fresh process to the first prediction of one image of 640 x 480."""
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, List

START = Path(__file__).parents[1] / 'reference' / 'start.py'
OURS = '''
import sys
from mmhoi.apis import HOIInferencer
config, checkpoint, image = sys.argv[1:]
HOIInferencer(config, checkpoint, show_progress=False)(image)
'''
#: No process has memory of the one before.
PEAK_CALLS = 1
PREPARE = 'from cases.cold_start import prepare; prepare({!r})'


def make(side: str, folder: Path) -> Callable[[], None]:
    """Both start a process and wait for its end."""
    # In a process of its own: the peak of a child counts its parent's memory.
    subprocess.run(
        [sys.executable, '-W', 'ignore', '-c',
         PREPARE.format(str(folder))],
        cwd=START.parents[1],
        check=True,
        capture_output=True)
    command = dict(ours=ours, reference=reference)[side](folder)
    command = [sys.executable, '-W', 'ignore'] + command
    return lambda: subprocess.run(command, check=True, capture_output=True)


def prepare(folder: str) -> None:
    """Save weights, config, image and prompts."""
    from full_size import read_config
    from photo_like_data import write_data

    from mmhoi.label_spaces import load_label_space
    read_config(Path(folder))
    root = Path(folder) / 'one_photo'
    if not root.exists():
        write_data(root, 1)
    space = load_label_space('hico_det')
    for name in ('hoi', 'object'):
        texts = getattr(space, f'{name}_prompts')
        (root / f'{name}.txt').write_text('\n'.join(texts), encoding='utf-8')


def image_of(folder: Path) -> str:
    image, = (folder / 'one_photo').glob('images/*/*.jpg')
    return str(image)


def ours(folder: Path) -> List[str]:
    """Arguments of our process."""
    files = folder / 'hoiclip.py', folder / 'ours.pth'
    return ['-c', OURS, *map(str, files), image_of(folder)]


def reference(folder: Path) -> List[str]:
    """Arguments of the reference's process."""
    texts = [
        str(folder / 'one_photo' / name) for name in ('hoi.txt', 'object.txt')
    ]
    return [str(START), str(folder / 'official.pth'), image_of(folder), *texts]


def difference(ours: Any, reference: Any) -> None:
    """The processes only tell that they have a prediction."""
