# Copyright (c) mmhoi contributors.
from dataclasses import dataclass
from pathlib import Path
from typing import Union

import numpy as np

from .image_decoding import ImageReadError

ImageSource = Union[str, Path, np.ndarray]


@dataclass(frozen=True)
class SourceImage:
    """One image of a source, not read yet.

    Attributes:
        image (str | Path | np.ndarray | ImageReadError): What `read_image`
            takes, or why there is no such thing: a frame is damaged.
        name (str): File name for what is made of it, unique in its source.
        path (str): Where it comes from: path, address or "frame 12".
    """
    image: Union[ImageSource, ImageReadError]
    name: str
    path: str
