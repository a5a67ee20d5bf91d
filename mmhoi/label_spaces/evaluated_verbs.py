# Copyright (c) mmhoi contributors.
import json
from typing import Tuple

from mmhoi.label_spaces import METAINFO_DIR, load_label_space


def evaluated_verbs(label_space: str) -> Tuple[int, ...]:
    """Verbs that a data set's benchmark counts.

    Args:
        label_space (str): See :func:`load_label_space`.

    Returns:
        tuple[int]: Ids, ascending: for V-COCO the 24 verb-roles with an
        object but for "point", otherwise all verbs.

    Raises:
        ValueError: If the label space is unknown.

    Examples:
        >>> len(evaluated_verbs('vcoco')), len(evaluated_verbs('hico_det'))
        (24, 117)
    """
    verbs = range(len(load_label_space(label_space).verbs))
    path = METAINFO_DIR / f'{label_space}.json'
    if not path.is_file():
        return tuple(verbs)
    table = json.loads(path.read_text()).get('verbs', [])
    left_out = {
        i
        for i, verb in enumerate(table) if not verb.get('evaluated', True)
    }
    return tuple(verb for verb in verbs if verb not in left_out)
