# Copyright (c) mmhoi contributors.
import traceback
from pathlib import Path

from mmengine.config import Config

from .setup_error import SetupError
from .text_files import read_text


def execute_config(path: Path) -> Config:
    """Execute a config file and the files that it inherits from.

    Args:
        path (Path): The file.

    Returns:
        Config: The config.

    Raises:
        SetupError: If that is not possible. It names file and line.
    """
    try:
        return Config.fromfile(path)
    except SetupError:
        raise
    except RecursionError as error:
        raise SetupError(f'config file "{path}": files name each other in '
                         '`_base_`, in a circle') from error
    except FileNotFoundError as error:
        raise SetupError(
            f'config file "{path}", or one that it inherits from, names '
            f'"{error.filename}" in `_base_`, which does not exist') from error
    # It is code, which may raise anything.
    except Exception as error:
        reason = ' '.join(str(getattr(error, 'msg', None) or error).split())
        raise SetupError(f'config file "{path}" cannot be executed: '
                         f'{_place(path, error)}{type(error).__name__}: '
                         f'{reason}') from error


def _place(path: Path, error: Exception) -> str:
    """Where in which config the error is; empty if nobody knows."""
    if isinstance(error, SyntaxError):
        # MMEngine parses text without telling the parser its file.
        return f'line {error.lineno} of {_named(path, error)}: '
    places = [
        frame for frame in traceback.extract_tb(error.__traceback__)
        if frame.line is not None and Path(frame.filename).suffix == '.py'
        and 'mmengine' not in Path(frame.filename).parts
        and Path(frame.filename) != Path(__file__)
    ]
    return f'line {places[-1].lineno} of {places[-1].filename}: ' \
        if places else ''


def _named(path: Path, error: SyntaxError) -> str:
    """The config whose text is no Python."""
    try:
        compile(read_text(path), str(path), 'exec')
    except (SyntaxError, ValueError, OSError):
        return f'"{path}"'
    return 'a file that it inherits from'
