# Copyright (c) mmhoi contributors.
"""What a checkpoint is, told from its parameters' names."""
from typing import Any, Dict, Mapping, Optional

from .cdn import CDN
from .detr import DETR, MMDetDETR
from .family import Family
from .gen_vlkt import GENVLKT
from .hoiclip import HOICLIP
from .pvic import PViC
from .qpic import QPIC
from .upt import UPT

#: Families by name; of several that match the first counts. A new one is
#: registered here.
FAMILIES: Dict[str, Family] = {
    family.name: family
    for family in (HOICLIP(), CDN(), GENVLKT(), QPIC(), UPT(), PViC(), DETR(),
                   MMDetDETR())
}
#: Starts of names that only our models have.
_OURS = ('queries.', 'interaction_head.')


def find_family(state_dict: Mapping[str, Any]) -> Optional[Family]:
    """Tell which other program a checkpoint is of.

    Args:
        state_dict (dict): Weights of any checkpoint, or anything else by
            their names.

    Returns:
        Family | None: None for our models and if it is something else.
    """
    return next(
        (family for family in FAMILIES.values() if family.matches(state_dict)),
        None)


def check_family(state_dict: Mapping[str, Any],
                 family: Optional[Family]) -> None:
    """Refuse a checkpoint of another family.

    Args:
        state_dict (dict): Weights of any checkpoint.
        family (Family, optional): What it must be. None: one of our models.

    Raises:
        ValueError: If it is another one.
    """
    wanted = 'mmhoi' if family is None else family.name
    known = find_family(state_dict)
    if known is not None:
        found, remedy = known.name, f'use --from {known.name}'
        if family is None:
            remedy = f'it is official already, or turn it with {remedy[4:]}'
    elif any(name.startswith(_OURS) for name in state_dict):
        found, remedy = 'mmhoi', 'it is ours already'
    else:
        raise ValueError(
            f'this is no checkpoint of the family "{wanted}", nor of one of '
            f'{", ".join(FAMILIES)}, mmhoi; the first names are '
            f'{list(state_dict)[:3]}')
    if found != wanted:
        raise ValueError(f'this is a checkpoint of the family "{found}", not '
                         f'of "{wanted}"; {remedy}')
