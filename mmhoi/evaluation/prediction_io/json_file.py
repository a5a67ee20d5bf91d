# Copyright (c) mmhoi contributors.
from pathlib import Path
from typing import Any

from mmhoi.utils import text_files
from mmhoi.utils.memory_limit import memory_limit
from mmhoi.utils.progress import tqdm


def read_json(path: Path) -> Any:
    """Read a json file.

    Args:
        path (Path): The file, in UTF-8.

    Returns:
        Any: What it holds. NaN and Infinity are read as floats.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is not valid JSON.
    """
    bar = tqdm(desc=path.name, unit=' objects', delay=1)

    def count(entry: dict) -> dict:
        bar.update()
        return entry

    try:
        with bar, memory_limit(path.stat().st_size):
            return text_files.read_json(path, count)
    except (ValueError, MemoryError) as error:
        raise ValueError(
            f'{path} is not valid JSON ({type(error).__name__}: {error}); if '
            'it is incomplete, write it again') from error
