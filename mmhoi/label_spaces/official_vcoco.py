# Copyright (c) mmhoi contributors.
import numpy as np

from .loading import load_label_space


def official_vcoco_table() -> np.ndarray:
    """Table from V-COCO's verbs to HOIs as HOICLIP's code computes it.

    It has a 1 in the column of the object's id where the HOI's id is meant,
    so that most HOIs get no verb score, or another verb's. Checkpoints of
    that code were trained with it.

    Returns:
        np.ndarray: Shape (29, 263), float32.

    Examples:
        >>> table = official_vcoco_table()
        >>> right = load_label_space('vcoco').verb_to_hoi()
        >>> int((table * right).sum()), bool(table[:, 81:].any())
        (25, False)
    """
    space = load_label_space('vcoco')
    table = np.zeros((len(space.verbs), len(space.hois)), dtype=np.float32)
    table[space.hoi_verbs, space.hoi_objects] = 1
    return table
