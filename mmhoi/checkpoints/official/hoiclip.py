# Copyright (c) mmhoi contributors.
"""Official HOICLIP checkpoints and ours."""
from typing import Dict, Optional, Sequence

from torch import Tensor

from .class_sets import add_biases, join_class_sets, split_class_sets
from .extras import with_extras
from .gen_vlkt import PAIR_ROWS
from .renaming import OURS, Renaming

FAMILY = 'an official HOICLIP checkpoint'

HOICLIP = Renaming(
    rows=PAIR_ROWS + (
        ('transformer.queries2spacial_proj.',
         'interaction_decoder.query_proj.0.'),
        ('transformer.queries2spacial_proj_norm.',
         'interaction_decoder.query_proj.1.'),
        ('transformer.obj_class_fc.', 'interaction_decoder.memory_proj.0.'),
        ('transformer.obj_class_ln.', 'interaction_decoder.memory_proj.1.'),
        ('inter2verb.', 'bbox_head.interaction_classifier.verbs.adapter.'),
        ('verb_projection.', 'bbox_head.interaction_classifier.verbs.'),
        ('clip_model.visual.', 'clip_visual.visual.'),
    ),
    transformers=(
        ('transformer.encoder.', 'encoder.'),
        ('transformer.instance_decoder.', 'decoder.'),
        ('transformer.clip_interaction_decoder.', 'interaction_decoder.'),
    ),
    dropped={
        r'transformer\.interaction_decoder\.':
        'never called',
        r'transformer\.inter_guided_embedd\.':
        'never called',
        r'transformer\.clip_interaction_decoder\.layers\.\d+\.norm4\.':
        'never called',
        r'hoi_class_fc\.':
        'never called',
        r'verb2hoi_proj(_eval)?$':
        'follows from the label space',
        r'clip_model\.(?!visual\.)':
        'its work was done when the classifiers were filled',
    })


def from_official_hoiclip(
        state_dict: Dict[str, Tensor],
        train_ids: Optional[Sequence[int]] = None) -> Dict[str, Tensor]:
    """Rename the parameters of an official HOICLIP checkpoint.

    Zero-shot checkpoints hold the text embeddings twice: of the seen classes,
    and of all. Ours holds all, and the seen ones' bias. Only if the seen
    classes were trained, so that the two differ, ours holds both
    (`fixed_eval` of `TextEmbeddingClassifier`).

    Args:
        state_dict (dict[str, Tensor]): The entry `model` of the checkpoint.
        train_ids (Sequence[int], optional): Seen HOIs of a zero-shot
            checkpoint. Defaults to None: both are taken as equal.

    Returns:
        dict[str, Tensor]: State dict of our `HOIDetector`, without the
        parameters that have no effect.

    Raises:
        KeyError: If a parameter is neither known nor known to be unused.
        ValueError: If the checkpoint has another number of seen classes.
    """
    renamed = HOICLIP.rename_all(state_dict, FAMILY)
    return join_class_sets(renamed, train_ids)


def to_official_hoiclip(state_dict: Dict[str, Tensor],
                        train_ids: Optional[Sequence[int]] = None,
                        extras: Optional[Dict] = None) -> Dict[str, Tensor]:
    """Give our HOICLIP the parameter names of an official checkpoint.

    Args:
        state_dict (dict[str, Tensor]): Weights of our `HOIDetector`.
        train_ids (Sequence[int], optional): Seen HOIs of a zero-shot model.
            Defaults to None: all classes are seen.
        extras (dict, optional): What the official checkpoint holds beside
            our parameters, of `collect_extras` or `rebuild_hoiclip_extras`.
            Defaults to None: nothing.

    Returns:
        dict[str, Tensor]: State dict of the official model.

    Raises:
        KeyError: If a parameter has no official name.
        ValueError: If the classifier of unseen classes has a bias, which the
            official one has not.
    """
    state = split_class_sets(state_dict, train_ids, eval_bias=False)
    official = HOICLIP.rename_all(add_biases(state), 'our HOICLIP', OURS)
    return with_extras(official, extras)
