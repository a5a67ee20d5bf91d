# Copyright (c) mmhoi contributors.
"""Rows of weights and the classes that they belong to.

As many rows say nothing: each belongs to a class, by its name. A head has a
`label_space` and the method `class_rows`, which tells for each of its weights
with rows of classes what these are, in order, if the classes are `ClassNames`.
"""
import logging
from dataclasses import replace
from typing import Any, Dict, Iterator, NamedTuple, Optional, Sequence, Tuple

from mmengine.logging import print_log
from torch import nn

from mmhoi.label_spaces import ClassNames, LabelSpace, split_key
from mmhoi.label_spaces.class_names import (Row, describe_difference,
                                            same_form, text_of)
from mmhoi.utils.listing import shortened
from .class_record import (CheckpointClasses, carried_classes,
                           classes_of_checkpoint)
from .errors import CheckpointMismatchError


class ClassRows(NamedTuple):
    """A weight of a model with rows of classes.

    Attributes:
        weight (str): Its name in the state dict.
        own (tuple): The classes of its rows in the model.
        given (tuple): Those in the checkpoint; None if they are not known.
    """
    weight: str
    own: Tuple[Row, ...]
    given: Optional[Tuple[Row, ...]]


def check_same_classes(model: nn.Module, checkpoint: Dict[str, Any]) -> None:
    """Refuse a checkpoint of other classes, or of the same in another order.

    Args:
        model (nn.Module): The model.
        checkpoint (dict): As of `read_checkpoint`.

    Raises:
        CheckpointMismatchError: If names, order, prompts or the zero-shot
            split differ. It names the first differences.
    """
    classes = classes_of_checkpoint(checkpoint)
    _warn_of_unknown(model, classes.names, checkpoint)
    for head in _heads(model):
        found = describe_difference(
            ClassNames.of_space(head.label_space),
            classes.names) or _other_prompts(head, classes)
        if found is None and classes.space is not None:
            found = _other_split(head, classes)
        if found is not None:
            raise CheckpointMismatchError(
                f'the checkpoint was trained for other classes: {found}. '
                f'{_remedy(checkpoint)}')


def map_classes(model: nn.Module, checkpoint: Dict[str, Any]) -> None:
    """Bring the rows of a checkpoint into the order of a model's classes.

    So the model predicts what it did in training, only numbered otherwise.
    Where prompts have changed those of the training stay, as its weights do.

    Args:
        model (nn.Module): The model; its label space may get prompts of the
            checkpoint.
        checkpoint (dict): As of `read_checkpoint`; it is changed.

    Raises:
        CheckpointMismatchError: If one of the two has a class that the other
            has not, or rows lie in a part of unknown structure.
    """
    classes = classes_of_checkpoint(checkpoint)
    _warn_of_unknown(model, classes.names, checkpoint)
    for head in _heads(model):
        names = ClassNames.of_space(head.label_space)
        found = describe_difference(names, classes.names)
        if found is not None:
            _reorder(model, names, checkpoint, found)
            print_log(
                f'the checkpoint has the classes in another order ({found}): '
                'its rows were put into that of the config by the names; '
                'predictions stay the same',
                logger='current',
                level=logging.WARNING)
        _keep_prompts(head, classes)


def _reorder(model: nn.Module, names: ClassNames, checkpoint: Dict[str, Any],
             difference: str) -> None:
    """Put rows into the order of the model's classes, if these are all."""
    given = classes_of_checkpoint(checkpoint).names
    state = checkpoint['state_dict']
    rows = [
        rows for rows in _class_rows(model, names, given)
        if rows.weight in state
    ]
    kinds = names.kinds(given)
    if not all(_is_reordered(mine, theirs)
               for _, mine, theirs in kinds) or not all(
                   _is_reordered(*x[1:]) for x in rows):
        raise CheckpointMismatchError(
            'the model of the config and the checkpoint have other classes: '
            f'{difference}. {_remedy(checkpoint)}')
    if getattr(model, 'object_weights',
               ()) and any(kind == 'object' and mine != theirs
                           for kind, mine, theirs in kinds):
        raise CheckpointMismatchError(
            'the checkpoint has the objects in another order, in which the '
            f'detector of a two-stage model numbers them: {difference}. '
            f'{_remedy(checkpoint)}')
    for weight, own, theirs in rows:
        places = {row: i for i, row in enumerate(theirs)}
        state[weight] = state[weight][[places[row] for row in own]]


def keep_known_rows(model: nn.Module, checkpoint: Dict[str, Any]) -> None:
    """Let training begin with those rows whose classes the model has.

    Rows of other names are taken out of the checkpoint, so that the model
    keeps its own.

    Args:
        model (nn.Module): The model.
        checkpoint (dict): As of `read_checkpoint`; it is changed.
    """
    classes = classes_of_checkpoint(checkpoint)
    _warn_of_unknown(model, classes.names, checkpoint)
    state = checkpoint['state_dict']
    own_state = dict(model.named_parameters())
    for head in _heads(model):
        names = ClassNames.of_space(head.label_space)
        changed = _changed_prompts(head.label_space, classes.space)
        for weight, own, given in _class_rows(model, names, classes.names):
            if weight not in state or given is None:
                continue
            # The rows of texts are their embeddings.
            other = changed if 'texts.' in weight else {}
            places = {row: i for i, row in enumerate(given)}
            pairs = [(i, places[row]) for i, row in enumerate(own)
                     if row in places and row not in other]
            if own == given and len(pairs) == len(own):
                continue
            value = own_state.get(weight, ())
            if len(value) != len(own) or len(state[weight]) != len(given):
                pairs = []
            if pairs:
                mine, theirs = map(list, zip(*pairs))
                value = value.detach().to(state[weight], copy=True)
                value[mine] = state[weight][theirs]
                state[weight] = value
            else:
                del state[weight]
            _log_rows(weight, own, [own[i] for i, _ in pairs])
        _drop_detector(model, names, classes.names, state)


def _log_rows(weight: str, own: Sequence[Row], taken: Sequence[Row]) -> None:
    """Say which rows a model takes over and which it keeps."""
    kept = [text_of(row) for row in own if row not in set(taken)]
    if kept:
        print_log(
            f'{weight} keeps its own {len(kept)} of {len(own)} rows, whose '
            'classes the checkpoint has not, or with other prompts: '
            f'{shortened(kept)}',
            logger='current',
            level=logging.WARNING)
    else:
        print_log(
            f'{weight}: its {len(own)} rows are taken from the '
            'checkpoint by the names of their classes',
            logger='current')


def _drop_detector(model: nn.Module, names: ClassNames, others: ClassNames,
                   state: Dict[str, Any]) -> None:
    """A detector of other objects would give its boxes wrong names."""
    starts = tuple(getattr(model, 'object_weights', ()))
    if others.objects in (None, names.objects) or not starts:
        return
    found = describe_difference(ClassNames(names.objects), others)
    dropped = [name for name in state if name.startswith(starts)]
    for name in dropped:
        del state[name]
    if dropped:
        print_log(
            f'{", ".join(starts)} keeps its own {len(dropped)} weights, since '
            'the checkpoint has other objects: '
            f'{found}',
            logger='current',
            level=logging.WARNING)


def _heads(model: nn.Module) -> Iterator[nn.Module]:
    for module in model.modules():
        if hasattr(module, 'label_space') and hasattr(module, 'class_rows'):
            yield module


def _class_rows(model: nn.Module, own: ClassNames,
                given: ClassNames) -> Iterator[ClassRows]:
    """Weights of a model with rows of classes that are known."""
    own_hois, given_hois = same_form(own.hois, given.hois)
    own = own._replace(hois=own_hois)
    given = given._replace(hois=given_hois)
    for name, module in model.named_modules():
        if not hasattr(module, 'class_rows'):
            continue
        theirs = module.class_rows(given)
        for weight, rows in module.class_rows(own).items():
            yield ClassRows(f'{name}.{weight}'.lstrip('.'), rows,
                            theirs[weight])


def _is_reordered(own: Tuple[Row, ...], given: Optional[Tuple[Row,
                                                              ...]]) -> bool:
    """Whether two lists have the same names, each once."""
    return given is not None and len(
        set(own)) == len(own) == len(given) and set(own) == set(given)


def _prompts(space: LabelSpace) -> Dict[Row, str]:
    """Prompt of each row of texts."""
    names = ClassNames.of_space(space)
    return {
        **dict(zip(names.object_rows, space.object_prompts, strict=True)),
        **dict(zip(names.hois, space.hoi_prompts, strict=True))
    }


def _changed_prompts(own: LabelSpace,
                     given: Optional[LabelSpace]) -> Dict[Row, str]:
    """Prompt in the checkpoint of those rows that have another one now."""
    if given is None or own.fingerprint == given.fingerprint:
        return {}
    now, before = _prompts(own), _prompts(given)
    return {
        row: prompt
        for row, prompt in before.items() if row in now and now[row] != prompt
    }


def _other_prompts(head: nn.Module,
                   classes: CheckpointClasses) -> Optional[str]:
    """Say in a line which prompts differ, if the method reads any."""
    changed = _changed_prompts(head.label_space, classes.space)
    if not changed or getattr(head, 'clip', None) is None:
        return None
    now = _prompts(head.label_space)
    return 'prompts differ: ' + shortened([
        f'"{now[row]}" in the model, "{prompt}" in the checkpoint'
        for row, prompt in changed.items()
    ], 3)


def _other_split(head: nn.Module, classes: CheckpointClasses) -> Optional[str]:
    own = getattr(head, 'zero_shot_split', None)
    if split_key(own) == split_key(classes.zero_shot_split):
        return None
    return (f'the model has zero_shot_split={own!r}, the checkpoint was '
            f'trained with {classes.zero_shot_split!r}')


def _keep_prompts(head: nn.Module, classes: CheckpointClasses) -> None:
    """Give a head the prompts that its weights stand for."""
    found = _other_prompts(head, classes)
    if found is None:
        return
    space = head.label_space
    prompts = {**_prompts(space), **_prompts(classes.space)}
    names = ClassNames.of_space(space)
    head.label_space = replace(
        space,
        hoi_prompts=tuple(prompts[row] for row in names.hois),
        object_prompts=tuple(prompts[row] for row in names.object_rows))
    print_log(
        f'{found}; predictions are those of the training, with the prompts '
        'of the checkpoint: train again for other prompts',
        logger='current',
        level=logging.WARNING)


def _warn_of_unknown(model: nn.Module, given: ClassNames,
                     checkpoint: Dict[str, Any]) -> None:
    """Say that nobody knows whether rows are those of the model's classes."""
    rows = [
        rows.weight for head in _heads(model) for rows in _class_rows(
            model, ClassNames.of_space(head.label_space), given)
        if rows.given is None and rows.weight in checkpoint['state_dict']
    ]
    if rows:
        print_log(
            'the checkpoint does not tell its classes: the rows of '
            f'{shortened(rows)} are taken for those of the config, in its '
            'order',
            logger='current',
            level=logging.WARNING)


def _remedy(checkpoint: Dict[str, Any]) -> str:
    """What the user can do about other classes."""
    text = 'If a class file was edited, restore it, or train again'
    if carried_classes(checkpoint) is None:
        return f'{text}.'
    return (f'{text}; for predictions the config can be left out: the '
            'checkpoint carries its classes.')
