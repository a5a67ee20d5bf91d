# Copyright (c) mmhoi contributors.
"""Programs that lose no letter, whatever the language of the system."""
import codecs
import locale
import logging
import os
import sys

# Names of a language whose only property is UTF-8.
_UTF8_LOCALES = ('C.UTF-8', 'en_US.UTF-8')


def use_utf8() -> None:
    """Make a program read and write names in any script; its first statement.

    - Where the system says ASCII (`LC_ALL=C`), Python cannot open files with
      other letters in their names. The program then begins again in Python's
      UTF-8 mode, and so do the programs that it starts.
    - Files that libraries open without an encoding, such as logs, are UTF-8.
    - What a terminal cannot show is printed as `\\uXXXX`.
    """
    if _is_ascii(sys.getfilesystemencoding()) and not sys.flags.utf8_mode:
        # For the programs that it starts; Python may be told to ignore it.
        os.environ['PYTHONUTF8'] = '1'
        os.execv(sys.executable,
                 [sys.executable, '-X', 'utf8', *sys.orig_argv[1:]])
    for name in _UTF8_LOCALES:
        if codecs.lookup(locale.getpreferredencoding(False)).name == 'utf-8':
            break
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
    for stream in sys.stdout, sys.stderr:
        # None without a terminal on Windows, others in notebooks.
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


def log_any_name(logger: logging.Logger) -> None:
    """Have file names that are no text logged as `\\udcXX`, not left out.

    Args:
        logger (logging.Logger): Its files and streams are changed.
    """
    for handler in logger.handlers:
        stream = getattr(handler, 'stream', None)
        if hasattr(stream, 'reconfigure'):
            stream.reconfigure(errors='backslashreplace')


def _is_ascii(encoding: str) -> bool:
    return codecs.lookup(encoding).name == 'ascii'
