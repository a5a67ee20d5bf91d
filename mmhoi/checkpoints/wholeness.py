# Copyright (c) mmhoi contributors.
"""Whether a checkpoint is as it was written."""
import zipfile
from pathlib import Path
from typing import Any, Dict, Union

from .errors import CheckpointError
from .reading import read_checkpoint


def read_whole(path: Union[str, Path]) -> Dict[str, Any]:
    """Read a checkpoint and compare every byte with the file's check sums.

    PyTorch notices that a file is cut off, but not that bytes in it are
    others or were never written, as after a power cut.

    Args:
        path (str | Path): A local file. Its tensors stay in it until they are
            used.

    Returns:
        dict: As of `read_checkpoint`.

    Raises:
        FileNotFoundError: If the file does not exist.
        CheckpointError: If it cannot be read, or is damaged.
    """
    checkpoint = read_checkpoint(path, mapped=True)
    path = Path(path).expanduser()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as file:
            try:
                damaged = file.testzip()
            # Damaged bytes make zipfile and zlib raise nearly anything.
            except Exception as error:
                damaged = str(error)
        if damaged is not None:
            raise CheckpointError(
                f'{path} is damaged: what it has in "{damaged}" is not what '
                'was written; fetch it again')
    return checkpoint


def check_whole(path: str) -> None:
    """Refuse a damaged checkpoint before a model is built for it.

    Args:
        path (str): A file; an address, such as `https://...`, is not looked
            at.

    Raises:
        CheckpointError: If it is damaged.
    """
    # A folder is a checkpoint of FSDP, with a file for each process.
    if '://' not in path and not Path(path).expanduser().is_dir():
        read_whole(path)
