# Copyright (c) mmhoi contributors.
"""How programs end: what a user can mend is told in one line."""
import dis
import functools
import logging
import os
import re
import sys
import traceback
from pathlib import Path
from typing import Any, Callable, Iterator, Optional

from .error_lines import NO_SPACE, error_line

INTERRUPTED = 130
BROKEN_PIPE = 141
PACKAGE = Path(__file__).resolve().parents[1]
# Frames of the call that the line of an unforeseen error names.
NUM_FRAMES = 6
TRACEBACK = 'MMHOI_TRACEBACK'
# File and line of code in a traceback that has come as text.
_FRAME = re.compile(r'File "([^"]+)", line \d+, in .*\n\s+(.*)')


def one_line_errors(main: Optional[Callable] = None,
                    *,
                    interrupted: str = 'interrupted',
                    requirements: str = '') -> Callable:
    """Make the main function of a tool end with a line and an exit status.

    An error becomes one line on stderr and the status 1: what mmhoi or the
    system says as it is; what a library says, and nothing of mmhoi foresaw,
    with its type and the calls that led there. The environment variable
    `MMHOI_TRACEBACK=1` shows the traceback, too. Ctrl-C is told with the
    status 130. If the reader of the output has gone (`| head`), the program
    ends without a word with the status 141.

    Args:
        main (Callable, optional): The function. Without it, a decorator is
            returned.
        interrupted (str): What is said after Ctrl-C. Defaults to
            'interrupted'.
        requirements (str): File with the packages that the tool needs beside
            those of mmhoi. Defaults to ''.

    Returns:
        Callable: A function that returns the exit status; that of `main`, or
        0 where it returns None.

    Examples:
        >>> import contextlib, io
        >>> @one_line_errors
        ... def main():
        ...     open('/no/such/file')
        >>> with contextlib.redirect_stderr(io.StringIO()) as stderr:
        ...     status = main()
        >>> status, stderr.getvalue()
        (1, "error: [Errno 2] No such file or directory: '/no/such/file'\\n")
    """
    if main is None:
        return functools.partial(
            one_line_errors,
            interrupted=interrupted,
            requirements=requirements)

    @functools.wraps(main)
    def run(*args: Any, **kwargs: Any) -> int:
        # Of a full disk one line tells, not each that the log cannot have.
        logging.raiseExceptions = False
        try:
            status = main(*args, **kwargs)
            # Here rather than at the end of Python, which says more.
            sys.stdout.flush()
            return status or 0
        except KeyboardInterrupt:
            print(interrupted, file=sys.stderr)
            return INTERRUPTED
        except Exception as error:
            if isinstance(error, BrokenPipeError) and _reader_has_gone():
                return BROKEN_PIPE
            if os.environ.get(TRACEBACK):
                traceback.print_exc()
            line = _describe(error,
                             Path(main.__code__.co_filename).resolve().parent)
            if isinstance(error, ModuleNotFoundError) and requirements:
                line += f'; pip install -r {requirements}'
            print(f'error: {line}', file=sys.stderr)
            return 1

    return run


def _reader_has_gone() -> bool:
    """Whether nobody reads stdout any more, which then leads nowhere."""
    try:
        # Nothing may be left to flush.
        print(flush=True)
        return False
    except BrokenPipeError:
        # Python flushes once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True


def _describe(error: BaseException, folder: Path) -> str:
    """The line of an error.

    Args:
        error (BaseException): The error.
        folder (Path): Folder of the program.

    Returns:
        str: One line.
    """
    if isinstance(error, MemoryError):
        return f'there is not enough memory ({_message(error)})'
    if 'OutOfMemoryError' in type(error).__name__:
        return f'{_message(error)}; a smaller batch takes less memory'
    told = next((e for e in _chain(error) if _is_told(e, folder)), None)
    if told is not None and getattr(told, 'errno', None) not in NO_SPACE:
        return _message(told)
    known = error_line(error)
    if known is not None:
        return known
    frames = [
        f'{"/".join(Path(frame.filename).parts[-3:])}:{frame.lineno}'
        for frame in traceback.extract_tb(error.__traceback__)[1:]
    ]
    if len(frames) > NUM_FRAMES:
        frames[1:1 - NUM_FRAMES] = ['...']
    return (f'{type(error).__name__}: {_message(error)} (in '
            f'{" > ".join(frames)}; {TRACEBACK}=1 shows more)')


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it repeats, as mmengine's registries do."""
    yield error
    inner = error.__cause__ or error.__context__
    while inner is not None and _message(inner) in _message(error):
        yield inner
        inner = inner.__cause__ or inner.__context__


def _is_told(error: BaseException, folder: Path) -> bool:
    """Whether an error's text is meant for users."""
    if isinstance(error, (OSError, ImportError)):
        return True
    # A KeyError of a dict is a fault, one that is raised is a message.
    if _of_worker(error):
        file, code = _FRAME.findall(str(error))[-1]
        is_raised = code.startswith('raise ')
    else:
        last = error.__traceback__
        while last.tb_next is not None:
            last = last.tb_next
        code = last.tb_frame.f_code
        file = code.co_filename
        is_raised = code.co_code[last.tb_lasti] == dis.opmap['RAISE_VARARGS']
    parents = Path(file).resolve().parents
    return is_raised and (PACKAGE in parents or folder in parents)


def _of_worker(error: BaseException) -> bool:
    """Whether the text is that of a worker of a data loader."""
    text = str(error)
    return text.startswith('Caught ') and bool(_FRAME.search(text))


def _message(error: BaseException) -> str:
    """Text of an error as one line."""
    # str() of a KeyError is quoted.
    text = str(
        error.args[0] if isinstance(error, KeyError) and error.args else error)
    if _of_worker(error):
        # After the traceback; the type of the error comes first.
        text = text.strip().splitlines()[-1].partition(': ')[2]
    return ' '.join(text.split()) or type(error).__name__
