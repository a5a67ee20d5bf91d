# Copyright (c) mmhoi contributors.
"""What a tool is to write is looked at before it works."""
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import (Any, Dict, Iterable, Iterator, Mapping, Optional, Sequence,
                    Tuple, Union)

from .setup_error import SetupError

PathLike = Union[str, Path]
#: Keys of configs that name a file to write.
WRITTEN_KEYS = ('classwise_file', 'out_file', 'out_file_path')

#: Arguments of tools that name a folder to write to.
OUT_FOLDERS = ('out', 'out_dir', 'output_dir', 'work_dir')


def add_overwrite_argument(parser: ArgumentParser) -> None:
    """Add what all tools call the permission to replace files.

    Args:
        parser (ArgumentParser): The parser to add it to.
    """
    parser.add_argument(
        '--overwrite',
        action='store_true',
        help='replace the files to write if they exist (never one that is '
        'read)')


def check_outputs(
    args: Namespace,
    *options: str,
    beside: Optional[Mapping[str, PathLike]] = None,
    inputs: Iterable[PathLike] = ()
) -> None:
    """Make sure that the files to write can be written and replace nothing.

    Everything else in `args` that is the path of a file is taken for an
    input. Paths are compared by the file that they lead to: spelling, links
    and the case of letters make no difference.

    Args:
        args (Namespace): What was given on the command line; files are
            replaced if its `overwrite` is true.
        *options (str): Options that name a file to write, such as `--json`,
            and arguments, such as `OUT`; those of value None are left out.
        beside (Mapping[str, str | Path], optional): More files that are
            written, by what to call them. Defaults to None.
        inputs (Iterable[str | Path]): More files that are read. Defaults to
            ().

    Raises:
        SetupError: If a file would be replaced, two options name one file, or
            the place cannot be written to.

    Examples:
        >>> from tempfile import NamedTemporaryFile
        >>> with NamedTemporaryFile() as file:
        ...     args = Namespace(ann=file.name, out=f'/.{file.name}')
        ...     try:
        ...         check_outputs(args, 'OUT')
        ...     except SetupError as error:
        ...         str(error).replace(args.out, 'NAME').split(', which')[0]
        'OUT NAME is the file that ANN names'
    """
    names = {_attribute(option): option for option in options}
    outputs = {
        option: str(getattr(args, name))
        for name, option in names.items() if getattr(args, name) is not None
    }
    outputs.update({name: str(path) for name, path in (beside or {}).items()})
    read = [
        *((_option(name), path) for name, value in vars(args).items()
          if name not in (*names, *OUT_FOLDERS) for path in _paths(value)),
        *(('the config', str(path)) for path in inputs)
    ]
    seen: Dict[str, str] = {}
    for option, path in outputs.items():
        check_place(option, path)
        for other, source in read:
            if same_file(path, source):
                raise SetupError(
                    f'{option} {path} is the file that {other} names, which '
                    'would be lost; name another file')
            if os.path.isdir(source) and os.path.lexists(path) and same_file(
                    os.path.dirname(path) or '.', source):
                raise SetupError(
                    f'{option} {path} is a file of the folder {source}, from '
                    f'which {other} is read; name another file')
        real = os.path.realpath(path)
        if real in seen:
            raise SetupError(f'{option} {path} is also what {seen[real]} '
                             'names; name another file')
        seen[real] = option
        if os.path.isfile(path) and not getattr(args, 'overwrite', False):
            raise SetupError(f'{option} {path} exists already; name another '
                             'file, or replace it with --overwrite')


def check_out_folder(option: str, folder: PathLike,
                     inputs: Iterable[Any]) -> None:
    """Refuse a folder of results in which the inputs lie.

    Args:
        option (str): What names the folder, for the message.
        folder (str | Path): The folder; it need not exist.
        inputs (Iterable): Paths of files and folders that are read; what is
            no path of one is left out.

    Raises:
        SetupError: If one of them is the folder or lies directly in it.
    """
    if not os.path.isdir(folder):
        return
    real = os.path.realpath(folder)
    # Not each path: inputs are many, their folders few.
    parents = {}
    for path in inputs:
        if not isinstance(path, (str, Path)) or '://' in str(path):
            continue
        parent = os.path.dirname(path)
        if parent not in parents:
            parents[parent] = same_file(parent or '.', real)
        if (parents[parent]
                and os.path.exists(path)) or (os.path.isdir(path)
                                              and same_file(path, real)):
            raise SetupError(
                f'{option}: results would be written into {folder}, from '
                f'which "{path}" is read; choose another folder')


def check_config_outputs(cfg: Any, inputs: Sequence[PathLike]) -> None:
    """Refuse files of a config that are written where others are read.

    Args:
        cfg (Config): The config; what it writes is called `out_file`,
            `classwise_file` or the like.
        inputs (Sequence[str | Path]): Files that are read.

    Raises:
        SetupError: If a file is both.
    """
    for key, path in _named_files(cfg, WRITTEN_KEYS):
        for source in inputs:
            if same_file(path, source):
                raise SetupError(
                    f'{key}={path} of the config is written to, but {source} '
                    'is read; name another file')


def check_own_table(path: PathLike, column: str) -> None:
    """Refuse to replace what is not a table of an earlier run.

    Args:
        path (str | Path): The CSV that a run writes again and again.
        column (str): Its first column.

    Raises:
        SetupError: If another file is there.
    """
    if not os.path.isfile(path):
        return
    with open(path, 'rb') as file:
        start = file.read(len(column) + 1)
    if start and start != f'{column},'.encode():
        raise SetupError(
            f'{path} exists and is no table of an earlier run, which begins '
            f'with the column {column}; name another file')


def same_file(first: PathLike, second: PathLike) -> bool:
    """Whether two paths lead to one file or folder, or would if it existed.

    Args:
        first (str | Path): A path.
        second (str | Path): Another one.

    Returns:
        bool: Whether they do.

    Examples:
        >>> same_file('a/../no.json', './no.json')
        True
    """
    try:
        return os.path.samefile(first, second)
    except (OSError, ValueError):
        return os.path.realpath(first) == os.path.realpath(second)


def _named_files(node: Any, keys: Sequence[str]) -> Iterator[Tuple[str, str]]:
    """Texts under certain keys, at any depth."""
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from _named_files(part, keys)
    elif hasattr(node, 'items') and not isinstance(node, type):
        for key, value in node.items():
            if key in keys and isinstance(value, str):
                yield key, value
            else:
                yield from _named_files(value, keys)


def _attribute(option: str) -> str:
    return option.lstrip('-').replace('-', '_').lower()


def _option(name: str) -> str:
    """An attribute as the user knows it, as far as that can be told."""
    return name.replace('_', '-').upper() if len(name) > 1 else name


def _paths(value: Any) -> Iterator[str]:
    """Paths of files among the values of the command line."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _paths(part)
    elif isinstance(value, (str, Path)) and os.path.lexists(value):
        yield str(value)


def check_place(option: str, path: PathLike) -> None:
    """Make sure that a file can be made, whose folder need not exist.

    Args:
        option (str): What names the file, for the message.
        path (str | Path): The file.

    Raises:
        SetupError: If it is a folder or write-protected, or if its folder
            cannot be written to.
    """
    if os.path.isdir(path):
        raise SetupError(f'{option} {path} is a folder; name a file')
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:
        raise SetupError(f'{option} {path}: {error}; name another file') \
            from error
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise SetupError(f'{option} {path} is write-protected; name another '
                         'file')
    folder = Path(path).absolute().parent
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise SetupError(f'{option} {path}: {folder} is no folder; name '
                         'another file')
    if not os.access(folder, os.W_OK):
        raise SetupError(f'{option} {path}: no permission to write into '
                         f'{folder}; name another file')
