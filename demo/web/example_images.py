# Copyright (c) mmhoi contributors.
"""Images that a visitor can choose instead of sending one."""
import warnings
from pathlib import Path
from typing import Any, Callable, List, Union

import cv2
import numpy as np

from mmhoi.synthetic import SceneRenderer, load_vocabulary
from .upload_limits import FORMATS, UploadError

#: What the synthetic examples show.
SCENES = (('ride bicycle', 'walk dog'), ('ride horse', ),
          ('fly kite', 'kick sports_ball'), ('sit_on couch', 'open umbrella'),
          ('ride elephant', 'carry suitcase'), ('ride skateboard',
                                                'swing tennis_racket'))
MOST_EXAMPLES = 12


def render_examples(folder: Union[str, Path]) -> List[str]:
    """Render synthetic images, the same each time.

    Args:
        folder (str | Path): Folder to write them to.

    Returns:
        list[str]: Their paths.
    """
    ids = {
        f'{hoi.verb} {hoi.object}': hoi_id
        for hoi_id, hoi in load_vocabulary().classes.items()
    }
    renderer = SceneRenderer(192, 160)
    paths = []
    for i, names in enumerate(SCENES):
        scene = renderer.render(
            np.random.default_rng(i), [ids[name] for name in names])
        paths.append(str(Path(folder, f'example_{i + 1}.png')))
        cv2.imwrite(paths[-1], scene.image[..., ::-1])
    return paths


def find_examples(folder: Union[str, Path], read: Callable[[str],
                                                           Any]) -> List[str]:
    """Find the images of a folder that a visitor could have sent.

    Args:
        folder (str | Path): The folder.
        read (Callable): Reads an image or raises an `UploadError`; such files
            are left out with a warning.

    Returns:
        list[str]: Paths of the first ones by name, at most `MOST_EXAMPLES`.

    Raises:
        FileNotFoundError: If there is no such folder, or no such image.
    """
    endings = sum(FORMATS.values(), ())
    if not Path(folder).is_dir():
        raise FileNotFoundError(f'the folder of examples {folder} does not '
                                'exist')
    paths = []
    for path in sorted(Path(folder).iterdir()):
        if path.suffix.lower() not in endings or len(paths) == MOST_EXAMPLES:
            continue
        try:
            read(str(path))
            paths.append(str(path))
        except UploadError as error:
            warnings.warn(f'example {path} is left out: {error}')
    if not paths:
        raise FileNotFoundError(
            f'the folder of examples {folder} has no image that could be sent '
            f'({", ".join(endings)})')
    return paths
