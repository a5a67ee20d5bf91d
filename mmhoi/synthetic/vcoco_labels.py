# Copyright (c) mmhoi contributors.
"""V-COCO's verbs for the HOI classes that are rendered."""
from functools import lru_cache
from typing import Optional, Tuple

from mmhoi.label_spaces import load_label_space

#: Verb of V-COCO that a verb of HICO-DET shows, or a verb and its object.
VERBS = {
    'carry': 'carry_obj',
    'catch': 'catch_obj',
    'chase': 'run',
    'drag': 'hold_obj',
    'hit': 'hit_obj',
    'hold': 'hold_obj',
    'inspect': 'look_obj',
    'jump': 'jump_instr',
    'kick': 'kick_obj',
    'lie_on': 'lay_instr',
    'no_interaction': 'stand',
    'open': 'hold_obj',
    'pick_up': 'hold_obj',
    'push': 'hold_obj',
    'ride': 'ride_instr',
    'ride skateboard': 'skateboard_instr',
    'ride surfboard': 'surf_instr',
    'sit_on': 'sit_instr',
    'stand_on': 'stand',
    'stand_under': 'stand',
    'straddle': 'sit_instr',
    'swing': 'hit_instr',
    'throw': 'throw_obj',
    'walk': 'walk',
}


@lru_cache(maxsize=None)
def vcoco_verb(hoi_id: int) -> Optional[Tuple[int, bool]]:
    """V-COCO's verb-role class for a rendered HOI class.

    Args:
        hoi_id (int): HOI class of HICO-DET, 0-based.

    Returns:
        tuple[int, bool] or None: The class, 0..28, and whether the object of
        the pair fills its role. None if V-COCO has no such verb or never
        with this object.

    Examples:
        >>> vcoco_verb(139)  # ride horse
        (3, True)
        >>> vcoco_verb(143)  # walk horse: "walk" has no role
        (4, False)
    """
    hico, vcoco = load_label_space('hico_det'), load_label_space('vcoco')
    name = VERBS.get(hico.hois[hoi_id]) or VERBS.get(
        hico.verbs[hico.hoi_verbs[hoi_id]])
    if name is None:
        return None
    verb = vcoco.verbs.index(name)
    has_role = name.endswith(('_obj', '_instr'))
    # Both data sets number the 80 objects as COCO does.
    obj = hico.hoi_objects[hoi_id] if has_role else len(vcoco.objects)
    combinations = zip(vcoco.hoi_verbs.tolist(), vcoco.hoi_objects.tolist())
    return (verb, has_role) if (verb, obj) in combinations else None
