# Copyright (c) mmhoi contributors.
"""Two-way tables of parameter names."""
import re
from typing import Dict, Iterable, Optional, Tuple

from torch import Tensor

OFFICIAL, OURS = 0, 1
#: BatchNorm's step counters, which no result depends on and the official
#: programs do not have.
COUNTER = 'num_batches_tracked'
#: (official, ours), the start of names. Of several rows the longest counts.
Rows = Tuple[Tuple[str, str], ...]

#: Names below a transformer, of a layer's parts and of the last norm.
LAYER_ROWS: Rows = (
    ('self_attn.', 'self_attn.attn.'),
    ('multihead_attn.', 'cross_attn.attn.'),
    ('linear1.', 'ffn.layers.0.0.'),
    ('linear2.', 'ffn.layers.1.'),
    ('norm1.', 'norms.0.'),
    ('norm2.', 'norms.1.'),
    ('norm3.', 'norms.2.'),
)
NORM_ROWS: Rows = (('norm.', 'post_norm.'), )


class Renaming:
    """One-to-one map between official parameter names and ours.

    Args:
        rows (Rows): Starts of names.
        transformers (Rows): Starts of names of transformers, below which
            `LAYER_ROWS` and `NORM_ROWS` apply.
        dropped (dict[str, str]): Patterns of official names without a
            counterpart, and why there is none.

    Examples:
        >>> renaming = Renaming(
        ...     rows=(('query_embed.', 'query_embedding.'), ),
        ...     transformers=(('transformer.decoder.', 'decoder.'), ),
        ...     dropped={'class_embed': 'other classes'})
        >>> renaming.rename('transformer.decoder.layers.2.norm1.bias')
        'decoder.layers.2.norms.0.bias'
        >>> renaming.rename('query_embedding.weight', source=OURS)
        'query_embed.weight'
        >>> renaming.is_dropped('class_embed.bias')
        True
    """

    def __init__(self,
                 rows: Rows,
                 transformers: Rows = (),
                 dropped: Optional[Dict[str, str]] = None) -> None:
        self.rows = rows
        self.transformers = transformers
        self.dropped = dropped or {}

    def is_dropped(self, name: str) -> bool:
        """Whether an official name has no counterpart."""
        return any(re.match(pattern, name) for pattern in self.dropped)

    def rename(self, name: str, source: int = OFFICIAL) -> Optional[str]:
        """Translate a name.

        Args:
            name (str): A parameter's name.
            source (int): Which names it is one of, `OFFICIAL` or `OURS`.
                Defaults to `OFFICIAL`.

        Returns:
            str | None: The other name, None if no row knows it.
        """
        renamed = _swap_start(name, self.rows, source)
        if renamed is not None:
            return renamed
        for row in self.transformers:
            if name.startswith(row[source]):
                rest = _rename_part(name[len(row[source]):], source)
                return None if rest is None else row[1 - source] + rest
        return None

    def rename_all(self,
                   state_dict: Dict[str, Tensor],
                   family: str,
                   source: int = OFFICIAL) -> Dict[str, Tensor]:
        """Translate a state dict, without what is dropped.

        Args:
            state_dict (dict[str, Tensor]): The weights.
            family (str): What they should be those of, for the message.
            source (int): As in `rename`.

        Returns:
            dict[str, Tensor]: The same tensors under the other names.

        Raises:
            KeyError: If a name is neither known nor dropped.
        """
        renamed = {}
        unknown = []
        for name, value in state_dict.items():
            if source == OFFICIAL and self.is_dropped(name):
                continue
            other = self.rename(name, source)
            if other is None:
                unknown.append(name)
            else:
                renamed[other] = value
        if unknown:
            raise KeyError(
                f'{len(unknown)} parameters are not those of {family}, the '
                f'first are {unknown[:5]}')
        return renamed


def _swap_start(name: str, rows: Iterable[Tuple[str, str]],
                source: int) -> Optional[str]:
    """Replace the start of a name by the longest row that fits."""
    fitting = [row for row in rows if name.startswith(row[source])]
    if not fitting:
        return None
    row = max(fitting, key=lambda row: len(row[source]))
    return row[1 - source] + name[len(row[source]):]


def _rename_part(name: str, source: int) -> Optional[str]:
    """Translate a name below a transformer."""
    layer = re.match(r'layers\.\d+\.', name)
    if layer is None:
        return _swap_start(name, NORM_ROWS, source)
    part = _swap_start(name[layer.end():], LAYER_ROWS, source)
    return None if part is None else layer[0] + part
