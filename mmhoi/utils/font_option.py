# Copyright (c) mmhoi contributors.
"""The option --font of everything that draws letters."""
from argparse import ArgumentParser


def add_font_argument(parser: ArgumentParser) -> None:
    """Let the user choose the letters of labels.

    Args:
        parser (ArgumentParser): The parser to add the option to.
    """
    parser.add_argument(
        '--font',
        metavar='FILE',
        help='font file (.ttf, .otf, .ttc) of names in pictures; default: '
        'that of the config, else DejaVu Sans. Letters that it lacks are '
        'taken from fonts of the system')
