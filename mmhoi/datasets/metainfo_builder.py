# Copyright (c) mmhoi contributors.
from typing import Optional, Sequence

from mmdet.visualization import get_palette

from mmhoi.label_spaces import load_label_space


def build_metainfo(label_space: str,
                   rare_hois: Optional[Sequence[int]] = None,
                   evaluated_hois: Optional[Sequence[int]] = None) -> dict:
    """METAINFO of a data set, which models, metrics and visualizers read.

    Args:
        label_space (str): As in :func:`mmhoi.label_spaces.load_label_space`.
        rare_hois (Sequence[int], optional): Ids of the HOIs that count as
            rare. Defaults to None, those with less than 10 training instances
            in the label space.
        evaluated_hois (Sequence[int], optional): Ids of the HOIs over which
            means are taken. Defaults to None, all.

    Returns:
        dict: classes (O object names), palette (O RGB colours), verb_classes
        (V names), hoi_classes (H names `verb object`), hoi_to_verb and
        hoi_to_object (H indices each), rare_hois, evaluated_hois (ids).

    Examples:
        >>> metainfo = build_metainfo('hico_det')
        >>> metainfo['hoi_classes'][153], len(metainfo['rare_hois'])
        ('ride motorcycle', 138)
    """
    space = load_label_space(label_space)
    if rare_hois is None:
        rare_hois = space.rare_hois.tolist()
    if evaluated_hois is None:
        evaluated_hois = range(len(space.hois))
    colors = get_palette('random', len(space.objects))
    return dict(
        classes=space.objects,
        palette=[tuple(map(int, color)) for color in colors],
        verb_classes=space.verbs,
        hoi_classes=space.hois,
        hoi_to_verb=space.hoi_verbs.tolist(),
        hoi_to_object=space.hoi_objects.tolist(),
        rare_hois=list(rare_hois),
        evaluated_hois=list(evaluated_hois))
