# Copyright (c) mmhoi contributors.
"""How often objects and verbs occur in the training images of a data set."""
import numpy as np

from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import read_json
from .label_space import METAINFO_DIR, LabelSpace


def object_counts(space: LabelSpace) -> np.ndarray:
    """Training pairs with each object.

    Args:
        space (LabelSpace): The label space.

    Returns:
        np.ndarray: Counts, int64, shape (O, ).

    Raises:
        SetupError: If it does not know them.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> object_counts(load_label_space('hico_det'))[:3].tolist()
        [1811, 9462, 2415]
    """
    if space.allows_no_object:
        raise SetupError(
            'the label space knows no counts of its objects, because "no '
            'object" is one of them; give them as `counts`, or leave '
            'bbox_head.object_reweighting out, as the authors do')
    return _summed(space, space.hoi_objects, len(space.objects))


def verb_counts(space: LabelSpace) -> np.ndarray:
    """Training interactions with each verb, those without object included.

    Args:
        space (LabelSpace): The label space.

    Returns:
        np.ndarray: Counts, int64, shape (V, ).

    Raises:
        SetupError: If it does not know them.

    Examples:
        >>> from mmhoi.label_spaces import load_label_space
        >>> verb_counts(load_label_space('vcoco'))[:3].tolist()
        [4001, 4598, 1989]
    """
    published = METAINFO_DIR / f'{space.name}_counts.json'
    if published.is_file():
        counts = read_json(published)['trainval']['interactions']
        return np.array([counts[verb] for verb in space.verbs])
    return _summed(space, space.hoi_verbs, len(space.verbs))


def _summed(space: LabelSpace, classes: np.ndarray, size: int) -> np.ndarray:
    """Training pairs of all HOIs, added up by one of their classes."""
    if not space.num_train.any():
        raise SetupError(
            'the label space has no counts of training pairs (`num_train`); '
            'give those of the classes as `counts` of '
            'bbox_head.object_reweighting or bbox_head.verb_reweighting')
    counts = np.bincount(classes, space.num_train, minlength=size)
    return counts.astype(int)
