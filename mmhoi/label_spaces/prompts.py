# Copyright (c) mmhoi contributors.
"""English prompts from the names of verbs and objects."""
import re

# One syllable that ends with one vowel and one consonant: run, running.
_DOUBLING = re.compile(r'(?:[^aeiou]|qu)*[aeiou][bdgklmnprt]')


def ing_form(verb: str) -> str:
    """The -ing form of a verb, as far as simple rules reach.

    Of the 117 verbs of HICO-DET only "control" comes out wrong.

    Args:
        verb (str): Name such as `stand_on`; underscores become spaces, and
            the first word is changed. `no_interaction` becomes "and", as in
            the prompts of HICO-DET.

    Returns:
        str: Such as "standing on".

    Examples:
        >>> [ing_form(verb) for verb in ('ride', 'sit_on', 'lie_on', 'swing')]
        ['riding', 'sitting on', 'lying on', 'swinging']
        >>> ing_form('riding')
        'riding'
    """
    first, *others = verb.replace('_', ' ').split()
    if [first, *others] == ['no', 'interaction']:
        return 'and'
    lower = first.lower()
    if re.fullmatch(r'.*[aeiouy].*ing', lower):
        pass
    elif lower.endswith('ie'):
        first = first[:-2] + 'ying'
    elif lower.endswith('e') and not lower.endswith(('ee', 'oe', 'ye')):
        first = first[:-1] + 'ing'
    elif _DOUBLING.fullmatch(lower):
        first += first[-1] + 'ing'
    else:
        first += 'ing'
    return ' '.join([first, *others])


def with_article(noun: str) -> str:
    """A noun with "a" or "an".

    Args:
        noun (str): Such as "apple".

    Returns:
        str: Such as "an apple".

    Examples:
        >>> with_article('apple'), with_article('sports ball')
        ('an apple', 'a sports ball')
    """
    return f'{"an" if noun[:1].lower() in tuple("aeiou") else "a"} {noun}'
