# Copyright (c) mmhoi contributors.
import logging
import os
import warnings

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.figure import Figure

from mmhoi.utils import fonts
from mmhoi.utils.setup_error import SetupError
from mmhoi.visualization.drawing import draw_text, text_size

RIDE, ARABIC = '\u9a91', '\u0646'  # the second is in DejaVu Sans
DEVANAGARI, EMOJI = '\u0915', '\U0001f9b4'


def make_font(path, letters, family):
    """A font whose letters are filled squares."""
    pen = TTGlyphPen(None)
    for x, y in ((0, 0), (0, 900), (900, 900), (900, 0)):
        (pen.lineTo if (x, y) != (0, 0) else pen.moveTo)((x, y))
    pen.closePath()
    names = ['.notdef', *(f'u{ord(x):x}' for x in letters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(x): f'u{ord(x):x}' for x in letters})
    empty = TTGlyphPen(None).glyph()
    square = pen.glyph()
    builder.setupGlyf({x: square if x[0] == 'u' else empty for x in names})
    builder.setupHorizontalMetrics({name: (1000, 0) for name in names})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable(dict(familyName=family, styleName='Regular'))
    builder.setupOS2(sTypoAscender=900)
    builder.setupPost()
    builder.save(path)
    return str(path)


@pytest.fixture
def messages(monkeypatch):
    texts = []

    def record(text, logger, level):
        assert level == logging.WARNING and '\n' not in text
        texts.append(text)

    monkeypatch.setattr(fonts, 'print_log', record)
    return texts


@pytest.fixture
def system(monkeypatch, tmp_path):
    """Function that says which letters the fonts of the system have."""
    caches = (fonts._system_fonts, fonts._other_fonts, fonts._tell_layout)

    def use(*letters):
        for cache in caches:
            cache.cache_clear()
        fonts._told.clear()
        files = [
            make_font(tmp_path / f'{i}.ttf', x, f'Squares {tmp_path.name} {i}')
            for i, x in enumerate(letters)
        ]
        (tmp_path / 'broken.ttf').write_text('no font')
        monkeypatch.setattr(
            fonts, 'findSystemFonts',
            lambda: [*files, str(tmp_path / 'broken.ttf')])
        return files

    yield use
    for cache in caches:
        cache.cache_clear()
    fonts._told.clear()


def draw(text):
    image = np.full((40, 200, 3), 255, np.uint8)
    draw_text(image, text, (0, 0), fonts.load_font(20), (0, 0, 0))
    return image[..., 0] < 128


def test_letters_of_the_default_font_need_no_other(system, messages):
    system(RIDE)
    default, = fonts.fonts_for(f'ride {ARABIC} 0.87')
    assert os.path.basename(default) == 'DejaVuSans.ttf' and not messages


def test_letters_are_taken_from_fonts_of_the_system(system, messages):
    files = system('x' + DEVANAGARI, RIDE)
    assert fonts.fonts_for(f'ride {RIDE}')[1:] == (files[1], )
    assert set(fonts.fonts_for(RIDE + DEVANAGARI)[1:]) == set(files)
    assert not messages
    # A square of nearly 20 pixels, between letters as ever.
    drawn = draw(f'a{RIDE}a')
    start = text_size('a', fonts.load_font(20))[0]
    assert drawn[4:18, start + 1:start + 16].all()
    width = text_size(f'a{RIDE}a', fonts.load_font(20))[0]
    assert abs(width - 2 * start - 20) <= 2
    assert (drawn[:, :start - 1] == draw('a')[:, :start - 1]).all()
    assert not drawn[:, width:].any()


@pytest.mark.parametrize('letter, script, package', [
    (RIDE, 'Cjk', 'fonts-noto-cjk'),
    (DEVANAGARI, 'Devanagari', 'fonts-noto-core'),
    (EMOJI, 'symbols', 'fonts-symbola'),
])
def test_letters_that_no_font_has_are_told_once(system, messages, letter,
                                                script, package):
    system('x')
    assert len(fonts.fonts_for(f'ride {letter}')) == 1
    draw(letter)
    text, = messages
    for part in (letter, script, package, '--font', '`visualizer.font`'):
        assert part in text


def test_invisible_letters_are_not_missed(system, messages):
    system('x')
    fonts.fonts_for('a\u200d\ufe0f\u3000\tb')
    assert not messages


def test_halves_of_letters(system, messages):
    system('x')
    assert draw('a \ud83d b').any() and not messages


def test_own_font_comes_first(system, tmp_path):
    system(RIDE)
    own = make_font(tmp_path / 'own.ttf', 'ride', 'Own')
    assert fonts.fonts_for('ride', own) == (own, )
    # What it lacks is there all the same.
    assert len(fonts.fonts_for('ride ' + RIDE, own)) == 2


def test_without_layout_joined_scripts_are_told_once(system, messages,
                                                     monkeypatch):
    system('x')
    monkeypatch.setattr(fonts.features, 'check', lambda name: False)
    for _ in range(2):
        fonts.fonts_for(ARABIC)
    text, = messages
    assert 'libfribidi0' in text


def test_bad_fonts(tmp_path):
    path = tmp_path / 'letters.ttf'
    with pytest.raises(FileNotFoundError, match='ttf" does not exist; .*font'):
        fonts.check_font(str(path))
    with pytest.raises(FileNotFoundError):
        fonts.check_font(str(tmp_path))
    path.write_text('no font')
    with pytest.raises(SetupError, match='not a font file.*--font'):
        fonts.check_font(str(path))


@pytest.mark.parametrize('letters', [RIDE, 'x'])
def test_plots(system, messages, tmp_path, letters):
    system(letters)
    names = [RIDE, 'costs $5 or $6']
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        with fonts.plot_fonts(names):
            figure = Figure()
            axes = figure.subplots()
            axes.set_title(names[1])
            axes.set_xticks([0], names[:1])
            figure.savefig(tmp_path / 'a.png')
    families = axes.get_xticklabels()[0].get_fontfamily()
    assert len(families) == (2 if letters == RIDE else 1)
    assert len(messages) == (0 if letters == RIDE else 1)
