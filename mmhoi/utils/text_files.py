# Copyright (c) mmhoi contributors.
"""The one reader and the one writer of text files, whatever the system.

Files are written in UTF-8 with `\n` at the ends of lines. Read are UTF-8 with
or without byte order mark, and UTF-16 and UTF-32, which programs on Windows
write. A test makes sure that no other file reads or writes text by itself.
"""
import codecs
import io
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator, Optional, TextIO, Tuple, Union

from .whole_file import write_whole

# UTF-32 first: its mark for little endian begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, 'utf-32'),
    (codecs.BOM_UTF32_BE, 'utf-32'),
    (codecs.BOM_UTF16_LE, 'utf-16'),
    (codecs.BOM_UTF16_BE, 'utf-16'),
)
#: What cannot be encoded, such as a file name that is no text, becomes
#: `\udc..`, which in a json stands for the same name.
ERRORS = 'backslashreplace'


class TextFileError(ValueError):
    """A file is no text, or its text no JSON; the message says why."""


def decode_text(content: bytes) -> str:
    """Text of the content of a file.

    Args:
        content (bytes): UTF-8, or UTF-16 or UTF-32 with a byte order mark or,
            like all JSON, with ASCII at its beginning.

    Returns:
        str: The text, without byte order mark.

    Raises:
        TextFileError: If it is no text in one of these encodings.

    Examples:
        >>> [decode_text('a人'.encode(x)) for x in ('utf-8-sig', 'utf-16')]
        ['a人', 'a人']
    """
    encoding = _encoding_of(content[:4])
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _no_text(encoding, error) from error


def read_text(path: Union[str, Path]) -> str:
    """Read a text file.

    Args:
        path (str | Path): The file, in an encoding of :func:`decode_text`.

    Returns:
        str: The text, with `\\n` at the ends of lines.

    Raises:
        FileNotFoundError: If there is no such file.
        TextFileError: If it is no text.
    """
    text = decode_text(Path(path).read_bytes())
    return text.replace('\r\n', '\n').replace('\r', '\n')


def read_lines(path: Union[str, Path]) -> Iterator[Tuple[int, str]]:
    """Read a text file line by line, however long it is.

    Args:
        path (str | Path): The file, in an encoding of :func:`decode_text`.

    Yields:
        tuple[int, str]: Number, from 1, and text of each line that is not
        empty, without white space at its ends.

    Raises:
        FileNotFoundError: If there is no such file.
        TextFileError: If a line is no text; the message begins with its
            number.
    """
    with Path(path).open('rb') as file:
        encoding = _encoding_of(file.read(4))
        file.seek(0)
        lines: Iterator[Union[str, bytes]] = file
        if encoding != 'utf-8-sig':
            lines = io.TextIOWrapper(file, encoding=encoding)
        number = 0
        try:
            for number, line in enumerate(lines, start=1):
                if isinstance(line, bytes):
                    line = line.decode('utf-8-sig' if number == 1 else 'utf-8')
                if line.strip():
                    yield number, line.strip()
        except UnicodeDecodeError as error:
            # Of a decoder that is ahead of the lines it is the place about.
            raise TextFileError(f'line {max(number, 1)}: '
                                f'{_no_text(encoding, error)}') from error


def parse_json(content: Union[bytes, str],
               object_hook: Optional[Callable[[dict], Any]] = None) -> Any:
    """Parse the content of a json file.

    Args:
        content (bytes | str): The content, in an encoding of
            :func:`decode_text`.
        object_hook (callable, optional): What makes something else of each
            object, as for `json.loads`. Defaults to None.

    Returns:
        Any: What it holds.

    Raises:
        TextFileError: If it is no valid JSON, or nested too deeply.

    Examples:
        >>> parse_json('{"name": "人"}'.encode('utf-16'))
        {'name': '人'}
    """
    text = decode_text(content) if isinstance(content, bytes) else content
    try:
        return json.loads(text, object_hook=object_hook)
    except json.JSONDecodeError as error:
        raise TextFileError(str(error)) from error
    except RecursionError as error:
        raise TextFileError('it is nested too deeply') from error


def read_json(path: Union[str, Path],
              object_hook: Optional[Callable[[dict], Any]] = None) -> Any:
    """Read a json file.

    Args:
        path (str | Path): The file, in an encoding of :func:`decode_text`.
        object_hook (callable, optional): As for :func:`parse_json`.

    Returns:
        Any: What it holds.

    Raises:
        FileNotFoundError: If there is no such file.
        TextFileError: If it is no valid JSON; the message lacks the name of
            the file.
    """
    return parse_json(Path(path).read_bytes(), object_hook)


def json_lines(path: Union[str, Path]) -> Iterator[Tuple[int, Any]]:
    """Read a file of JSON lines.

    Args:
        path (str | Path): The file, in an encoding of :func:`decode_text`.

    Yields:
        tuple[int, Any]: Number, from 1, and content of each line that is not
        empty.

    Raises:
        TextFileError: If a line is no valid JSON.
    """
    remedy = 'if the file is incomplete, write it again'
    lines = read_lines(path)
    while True:
        try:
            number, text = next(lines)
        except StopIteration:
            return
        except TextFileError as error:
            raise TextFileError(f'{path}: {error}; {remedy}') from error
        try:
            content = parse_json(text)
        except TextFileError as error:
            raise TextFileError(f'{path}: line {number} is not valid JSON '
                                f'({error}); {remedy}') from error
        yield number, content


@contextmanager
def open_to_write(path: Union[str, Path],
                  newline: str = '\n') -> Iterator[TextIO]:
    """Open a text file that takes its place at once, when it is complete.

    Args:
        path (str | Path): The file; its folder is made if need be.
        newline (str): End of lines; '' for the module `csv`, which has its
            own. Defaults to a line feed.

    Yields:
        TextIO: What to write to, in UTF-8.

    Raises:
        OSError: If the file cannot be written; it is as it was before.
    """
    with write_whole(Path(path)) as draft, draft.open(
            'w', encoding='utf-8', errors=ERRORS, newline=newline) as file:
        yield file


def write_json(path: Union[str, Path],
               content: Any,
               indent: Optional[int] = None) -> None:
    """Write a json file, as a whole or not at all.

    Args:
        path (str | Path): The file; its folder is made if need be.
        content (Any): What it holds.
        indent (int, optional): Blanks for each level. Defaults to None: all
            in one line.

    Raises:
        OSError: If the file cannot be written; it is as it was before.
    """
    with open_to_write(path) as file:
        # At once: json.dump would take its slow way, without a C encoder.
        file.write(json.dumps(content, ensure_ascii=False, indent=indent))
        file.write('\n')


def print_json(content: Any) -> None:
    """Print a line of JSON that the terminal can show.

    Args:
        content (Any): What to print.
    """
    text = json.dumps(content, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, 'encoding', None) or 'utf-8')
    except UnicodeEncodeError:
        text = json.dumps(content)
    print(text)


def _encoding_of(start: bytes) -> str:
    """Encoding of a text by its first four bytes."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    # Without a mark: where the zeros are, if the text begins with ASCII.
    zeros = [byte == 0 for byte in start]
    if len(zeros) == 4:
        found = {
            (True, True, True, False): 'utf-32-be',
            (False, True, True, True): 'utf-32-le',
        }.get(tuple(zeros))
        if found:
            return found
    if zeros[:2] == [True, False]:
        return 'utf-16-be'
    return 'utf-16-le' if zeros[:2] == [False, True] else 'utf-8-sig'


def _no_text(encoding: str, error: UnicodeDecodeError) -> TextFileError:
    """What to tell of bytes that are no text."""
    name = encoding.removesuffix('-sig').upper()
    return TextFileError(f'it is no text in {name} ({error.reason} at byte '
                         f'{error.start}); save it as UTF-8')
