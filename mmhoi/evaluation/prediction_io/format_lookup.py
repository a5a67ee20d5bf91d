# Copyright (c) mmhoi contributors.
from pathlib import Path
from typing import Any, Mapping, Optional, Union


def find_format(path: Union[str, Path],
                formats: Mapping[str, Any],
                name: Optional[str] = None) -> str:
    """Find the format of a file among those of a data set.

    Args:
        path (str or Path): The file or folder; it need not exist.
        formats (Mapping[str, Any]): Formats by name; their `endings` are the
            endings of files, '' for a folder.
        name (str, optional): Name of the format. Defaults to None: it is
            guessed from the ending.

    Returns:
        str: A key of `formats`.

    Raises:
        ValueError: If the name or the ending is unknown.
    """
    if name is not None:
        if name not in formats:
            raise ValueError(f'unknown format "{name}"; allowed: '
                             f'{", ".join(formats)}')
        return name
    ending = '' if Path(path).is_dir() else Path(path).suffix
    for key, value in formats.items():
        if ending in value.endings:
            return key
    endings = (f'{", ".join(filter(None, value.endings)) or "a folder"} '
               f'({key})' for key, value in formats.items())
    raise ValueError(f'the format of {path} cannot be told from its ending; '
                     f'give --format or one of: {", ".join(endings)}')
