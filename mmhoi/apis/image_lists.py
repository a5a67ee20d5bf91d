# Copyright (c) mmhoi contributors.
import os.path as osp
from typing import List

from mmhoi.utils.image_sources import open_source
from mmhoi.utils.listing import shortened
from mmhoi.utils.text_files import read_lines


def list_image_paths(inputs: str) -> List[str]:
    """List the images of a large collection, without reading them.

    Args:
        inputs (str): A folder, a pattern (`**` for subfolders), an image, a
            `.txt` file with a path or http(s) address on each line, or a
            `.parquet` file with a column `path` of these.

    Returns:
        list[str]: Absolute paths, so that they name the same images on every
        machine and in every later run, and addresses as they are. Each is
        listed once, in the order of the inputs.

    Raises:
        FileNotFoundError: If there is no such file, or no image in a folder
            or of a pattern.
        ImportError: If a parquet file is given and pyarrow is not installed.
        ValueError: If a list is empty or damaged, a row of it has no path,
            or `inputs` is a video.

    Examples:
        >>> list_image_paths('/photos/a.jpg')
        ['/photos/a.jpg']
        >>> list_image_paths('https://example.org/b.jpg')
        ['https://example.org/b.jpg']
    """
    ending = osp.splitext(inputs)[1].lower()
    if ending in ('.txt', '.parquet'):
        if not osp.isfile(inputs):
            raise FileNotFoundError(f'list of images "{inputs}" does not '
                                    'exist')
        read = _read_lines if ending == '.txt' else _read_parquet
        paths = read(inputs)
        if not paths:
            raise ValueError(f'list of images "{inputs}" names no image')
    else:
        source = open_source(inputs)
        if source.is_video:
            raise ValueError(
                f'"{inputs}" is a video; give a folder, a pattern, a .txt or '
                'a .parquet file of images, or use demo/video_demo.py')
        paths = source.images
    return list(dict.fromkeys(map(_absolute, paths)))


def _absolute(path: str) -> str:
    return path if '://' in path else osp.abspath(osp.expanduser(path))


def _read_lines(file: str) -> List[str]:
    """Lines of a text file that are not empty."""
    try:
        return [line for _, line in read_lines(file)]
    except ValueError as error:
        raise ValueError(f'list of images "{file}": {error}') from error


def _read_parquet(file: str) -> List[str]:
    """Column `path` of a parquet file."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile
    try:
        table = ParquetFile(file)
    except pa.ArrowInvalid as error:
        raise ValueError(
            f'"{file}" cannot be read as parquet: {error}') from error
    names = table.schema_arrow.names
    if 'path' not in names:
        raise ValueError(f'"{file}" has no column "path" with the paths of '
                         f'images; its columns: {", ".join(names)}')
    paths = table.read(columns=['path'])['path'].to_pylist()
    if not all(isinstance(path, (str, type(None))) for path in paths):
        raise ValueError(f'column "path" of "{file}" holds '
                         f'{table.schema_arrow.field("path").type}, not text')
    empty = [
        str(row) for row, path in enumerate(paths) if not (path or '').strip()
    ]
    if empty:
        raise ValueError(
            f'{len(empty)} of {len(paths)} rows of "{file}" have no path, '
            f'numbers {shortened(empty)} (from 0): fill them in, or take them '
            'out')
    return paths
