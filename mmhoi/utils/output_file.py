# Copyright (c) mmhoi contributors.
import os
from pathlib import Path
from typing import Union

from .run_config import check_writable
from .setup_error import SetupError


def check_output_file(path: Union[str, Path], option: str) -> None:
    """Find out before long work that its result could not be written.

    Args:
        path (str | Path): The file; its folder is made if it does not exist.
        option (str): What names another file, for messages.

    Raises:
        PermissionError: If it cannot be written.
        SetupError: If it is a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise SetupError(f'"{path}" is a folder, no file that can be written; '
                         f'give the name of a file as {option}')
    check_writable(str(path.parent), option)
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f'"{path}" cannot be written: it may only be '
                              f'read; choose another file with {option}')
