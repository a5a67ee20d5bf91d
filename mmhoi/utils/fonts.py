# Copyright (c) mmhoi contributors.
"""Font files that have the letters of a text, whatever its script.

The first font is the user's, or DejaVu Sans, which comes with matplotlib; for
letters that it lacks, fonts of the system are looked for. One line names the
letters that no font has.
"""
import logging
import unicodedata
import warnings
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import FrozenSet, Iterable, Iterator, List, Optional, Set, Tuple

import matplotlib
from matplotlib.font_manager import (FontProperties, findfont, findSystemFonts,
                                     fontManager)
from matplotlib.ft2font import FT2Font
from mmengine.logging import print_log
from PIL import ImageFont, features

from .setup_error import SetupError

FALLBACK = 'DejaVu Sans'
REMEDY = 'give a .ttf, .otf or .ttc file with --font (config key ' \
         '`visualizer.font`)'
# They have a sign for every letter, the same box for all.
PLACEHOLDERS = ('lastresort', 'adobeblank')
RATHER_NOT = ('bold', 'italic', 'oblique', 'serif', 'mono', 'condensed',
              'light', 'thin', 'black')
#: Packages of Debian and Ubuntu by the first word of a letter's name.
PACKAGES = dict.fromkeys(('Cjk', 'Hiragana', 'Katakana', 'Hangul', 'Bopomofo'),
                         'fonts-noto-cjk')
MOST_TOLD = 20  # letters
SYMBOLS, OTHERS = 'fonts-symbola', 'fonts-noto-core'
# No letters of their own: blanks, controls, joiners, variation selectors.
INVISIBLE = ('Cc', 'Cf', 'Zs', 'Zl', 'Zp')
SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
_told: Set[str] = set()


@lru_cache(maxsize=64)
def load_font(pixels: int,
              path: Optional[str] = None) -> ImageFont.FreeTypeFont:
    """Load letters of a size.

    Args:
        pixels (int): Height of the letters.
        path (str, optional): Font file (.ttf, .otf, .ttc). Defaults to None:
            DejaVu Sans, which comes with matplotlib.

    Returns:
        ImageFont.FreeTypeFont: The font.

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If it is no font.
    """
    path = str(Path(path).expanduser()) if path else findfont(FALLBACK)
    if not Path(path).is_file():
        raise FileNotFoundError(f'font file "{path}" does not exist; {REMEDY}')
    try:
        return ImageFont.truetype(path, pixels)
    except OSError as error:
        raise SetupError(f'"{path}" is not a font file whose letters have any '
                         f'size ({error}); {REMEDY}') from error


def check_font(path: Optional[str]) -> None:
    """Make sure that a font can be used before anything is drawn with it.

    Args:
        path (str, optional): Font file, None for the default one.

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If it is no font.

    Examples:
        >>> check_font(None)
    """
    letters_of(load_font(16, path).path)


@lru_cache(maxsize=None)
def letters_of(path: str) -> FrozenSet[str]:
    """Letters that a font file has.

    Args:
        path (str): The file.

    Returns:
        frozenset[str]: The letters.

    Raises:
        SetupError: If it is no font.
    """
    try:
        return frozenset(map(chr, FT2Font(path).get_charmap()))
    except (OSError, RuntimeError, ValueError) as error:
        raise SetupError(
            f'"{path}" is not a font file ({error}); {REMEDY}') from error


def visible_letters(text: str) -> FrozenSet[str]:
    """The letters of a text that a font needs a sign for.

    Args:
        text (str): The text.

    Returns:
        frozenset[str]: Its letters without blanks and invisible ones.

    Examples:
        >>> sorted(visible_letters('see a bee'))
        ['a', 'b', 'e', 's']
    """
    return frozenset(
        x for x in text
        if x not in SELECTORS and unicodedata.category(x) not in INVISIBLE)


def sticks(letter: str) -> bool:
    """Whether a letter is to be of the same font as the one before it.

    Args:
        letter (str): The letter.

    Returns:
        bool: True for blanks, accents, joiners and the like.

    Examples:
        >>> sticks('a'), sticks('\u0301')
        (False, True)
    """
    category = unicodedata.category(letter)
    return category in INVISIBLE or category.startswith('M')


def fonts_for(text: str, path: Optional[str] = None) -> Tuple[str, ...]:
    """Font files that together have the letters of a text.

    Letters that no font here has are told in one line, each of them once in
    a process.

    Args:
        text (str): The text.
        path (str, optional): Font file that is preferred. Defaults to None:
            DejaVu Sans.

    Returns:
        tuple[str]: Files; a letter is to be taken from the first that has it.

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If it is no font.

    Examples:
        >>> len(fonts_for('ride a bicycle'))
        1
    """
    first = load_font(16, path).path
    if not features.check('raqm') and _needs_layout(text):
        _tell_layout()
    missing = visible_letters(text) - letters_of(first)
    if not missing:
        return (first, )
    others, lacking = _other_fonts(missing)
    _tell_missing(lacking)
    return (first, *others)


def plot_families(text: str, path: Optional[str] = None) -> List[str]:
    """Font families with which matplotlib writes a text of any script.

    Args:
        text (str): All that is written.
        path (str, optional): Font file that is preferred. Defaults to None:
            DejaVu Sans.

    Returns:
        list[str]: What matplotlib takes as `family`.

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If it is no font.

    Examples:
        >>> plot_families('ride')
        ['DejaVu Sans']
    """
    return [_family(file) for file in fonts_for(text, path)]


@contextmanager
def plot_fonts(texts: Iterable[str],
               path: Optional[str] = None) -> Iterator[None]:
    """Have matplotlib write texts of any script in all of a figure.

    Args:
        texts (Iterable[str]): What is written inside of the `with` statement.
        path (str, optional): As in :func:`plot_families`, as what it raises.
    """
    settings = {
        'font.family': plot_families(' '.join(texts), path),
        # A dollar is a letter, too, not the start of a formula.
        'text.parse_math': False
    }
    with matplotlib.rc_context(settings), no_glyph_warnings():
        yield


@contextmanager
def no_glyph_warnings() -> Iterator[None]:
    """Keep matplotlib from naming each missing letter: one line did."""
    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', 'Glyph .* missing')
        yield


@lru_cache(maxsize=None)
def _family(path: str) -> str:
    """Name of a font file, which matplotlib knows from now on."""
    fontManager.addfont(path)
    return FontProperties(fname=path).get_name()


@lru_cache(maxsize=None)
def _system_fonts() -> Tuple[str, ...]:
    """Fonts of any size, upright and sans serif ones first.

    Not matplotlib's list of them, which lacks what was installed later.
    """
    files = []
    for path in sorted(findSystemFonts()):
        name = Path(path).name.lower()
        try:
            ImageFont.truetype(path, 16)
            letters_of(path)
        except (OSError, SetupError):
            continue
        if not any(word in name for word in PLACEHOLDERS):
            files.append((sum(word in name for word in RATHER_NOT), path))
    return tuple(path for _, path in sorted(files))


@lru_cache(maxsize=1024)
def _other_fonts(
        missing: FrozenSet[str]) -> Tuple[Tuple[str, ...], FrozenSet[str]]:
    """Fonts of the system with the most of the letters; what they lack."""
    found = []
    while missing and _system_fonts():
        best = max(_system_fonts(), key=lambda x: len(missing & letters_of(x)))
        if not missing & letters_of(best):
            break
        found.append(best)
        missing -= letters_of(best)
    return tuple(found), missing


def _tell_missing(letters: FrozenSet[str]) -> None:
    """Name letters that no font has, each of them once."""
    new = sorted(letters - _told)
    if not new:
        return
    _told.update(new)
    scripts, packages = set(), set()
    for letter in new:
        script = unicodedata.name(letter, 'UNNAMED').split()[0].capitalize()
        symbol = unicodedata.category(letter).startswith('S')
        scripts.add('symbols' if symbol else script)
        packages.add(SYMBOLS if symbol else PACKAGES.get(script, OTHERS))
    more = ' ...' if len(new) > MOST_TOLD else ''
    print_log(
        f'no font here has the letters {" ".join(new[:MOST_TOLD])}{more} '
        f'({", ".join(sorted(scripts))}), so pictures show empty boxes: '
        f'{REMEDY}, or install a font, on Debian and Ubuntu the package '
        f'{" and ".join(sorted(packages))}',
        logger='current',
        level=logging.WARNING)


@lru_cache(maxsize=None)
def _tell_layout() -> None:
    """Say once that some scripts are not written as they should be."""
    print_log(
        'letters of scripts such as Arabic or Devanagari are drawn one by '
        'one, not joined, because Pillow finds no libraqm or FriBiDi: '
        'install it, on Debian and Ubuntu the package libfribidi0',
        logger='current',
        level=logging.WARNING)


def _needs_layout(text: str) -> bool:
    """Whether letters change with their neighbours or run to the left."""
    return any(
        unicodedata.bidirectional(x) in (
            'R', 'AL') or unicodedata.category(x) == 'Mc' for x in text)
