# Copyright (c) mmhoi contributors.
"""Learning of a small byte-pair vocabulary for open_clip's tokenizer."""
import gzip
import re
from collections import Counter
from pathlib import Path
from typing import List, Sequence, Tuple, Union

from mmhoi.utils.whole_file import write_whole

HEADER = '#version: mmhoi mini CLIP'


def learn_merges(texts: Sequence[str],
                 max_merges: int = 1000) -> List[Tuple[str, str]]:
    """Learn byte-pair merges; the most frequent pair is merged first.

    Args:
        texts (Sequence[str]): Texts of ASCII letters; anything else is
            skipped. A word counts as often as it occurs.
        max_merges (int): Largest number of merges. Learning stops early when
            no pair of symbols occurs twice. Defaults to 1000.

    Returns:
        list[tuple[str, str]]: Merges in order of their rank. The last symbol
        of a word carries `</w>`, as in open_clip.

    Examples:
        >>> from mini_clip.bpe_training import learn_merges
        >>> learn_merges(['ride a bike', 'ride it'])
        [('d', 'e</w>'), ('i', 'de</w>'), ('r', 'ide</w>')]
    """
    counts = Counter(
        word for text in texts for word in re.findall('[a-z]+', text.lower()))
    words = {(*word[:-1], word[-1] + '</w>'): n for word, n in counts.items()}
    merges = []
    while len(merges) < max_merges:
        pairs = Counter()
        for symbols, count in words.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += count
        # Ties are broken by the alphabet, so that the result is unique.
        pair, count = min(
            pairs.items(),
            key=lambda item: (-item[1], item[0]),
            default=(None, 0))
        if count < 2:
            break
        merges.append(pair)
        words = {_merge(symbols, pair): n for symbols, n in words.items()}
    return merges


def write_merges(path: Union[str, Path], merges: Sequence[Tuple[str,
                                                                str]]) -> int:
    """Write merges in the format of open_clip's SimpleTokenizer.

    Args:
        path (str | Path): File to write (.txt.gz); equal merges give equal
            bytes.
        merges (Sequence[tuple[str, str]]): Merges in order of their rank.

    Returns:
        int: Vocabulary size of a tokenizer that reads the file: 256 bytes,
        256 word ends, the merges, start and end of text.
    """
    # No newline at the end: the tokenizer would read one more, empty, merge.
    text = '\n'.join([HEADER, *(' '.join(pair) for pair in merges)])
    with write_whole(Path(path)) as draft:
        draft.write_bytes(gzip.compress(text.encode('utf-8'), mtime=0))
    return 512 + len(merges) + 2


def _merge(symbols: Tuple[str, ...], pair: Tuple[str, str]) -> Tuple[str, ...]:
    """Join every occurrence of a pair in a word, from left to right."""
    out = []
    for symbol in symbols:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)
