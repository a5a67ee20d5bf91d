# Copyright (c) mmhoi contributors.
"""The classes that a checkpoint carries, so that no file need say them."""
import logging
from pathlib import Path
from typing import Any, Dict, Iterator, NamedTuple, Optional, Tuple

from mmengine.logging import print_log
from torch import nn

from mmhoi.label_spaces import (ClassNames, LabelSpace, load_label_space,
                                names_file)
from .errors import CheckpointError
from .reading import read_checkpoint

#: Entry of `meta`.
KEY = 'class_tables'
FORMAT = 1
#: Keys of a config that name classes: that of today and those of before.
SOURCE_KEYS = ('label_space', 'classes_file', 'category_file')


class CheckpointClasses(NamedTuple):
    """What a checkpoint tells of its classes.

    Attributes:
        names (ClassNames): Their names, as far as they are known.
        space (LabelSpace, optional): All of them; None of checkpoints of
            earlier versions, which have names only.
        zero_shot_split (str, optional): The split of the training, if `space`
            is known.
    """
    names: ClassNames
    space: Optional[LabelSpace] = None
    zero_shot_split: Optional[str] = None


def class_record(head: nn.Module) -> Dict[str, Any]:
    """What a checkpoint of a model notes under `meta[KEY]`.

    Args:
        head (nn.Module): The model's `hoi_head`.

    Returns:
        dict: `format`; `label_space`, the name of one that comes with mmhoi
        or the whole content of a class file; `fingerprint` of the classes;
        `zero_shot_split`.
    """
    return record_of(head.label_space, getattr(head, 'zero_shot_split', None))


def record_of(space: LabelSpace, zero_shot_split: Optional[str]) -> dict:
    """As `class_record`, of a label space."""
    return dict(
        format=FORMAT,
        label_space=space.definition,
        fingerprint=space.fingerprint,
        zero_shot_split=zero_shot_split)


def classes_of_checkpoint(checkpoint: Dict[str, Any]) -> CheckpointClasses:
    """Find out for which classes a checkpoint was written.

    Args:
        checkpoint (dict): As of `read_checkpoint`.

    Returns:
        CheckpointClasses: The classes.

    Raises:
        CheckpointError: If what it notes of them is damaged, or of a later
            version.
    """
    record = checkpoint['meta'].get(KEY)
    if record is not None:
        space = _recorded_space(record)
        # Of those that come with mmhoi only the name is noted; their tables
        # may have changed since.
        if isinstance(record['label_space'],
                      dict) or space.fingerprint == record.get('fingerprint'):
            return CheckpointClasses(
                ClassNames.of_space(space), space,
                record.get('zero_shot_split'))
    meta = checkpoint['meta'].get('dataset_meta') or {}
    return CheckpointClasses(ClassNames.of_metainfo(meta))


def carried_classes(checkpoint: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    """The content of a class file with the classes of a checkpoint.

    Args:
        checkpoint (dict): As of `read_checkpoint`.

    Returns:
        dict | None: The content, for `load_label_space`; prompts of
        checkpoints of earlier versions are those of names without phrase.
        None if the checkpoint has no classes of own data.

    Raises:
        CheckpointError: As of `classes_of_checkpoint`.
    """
    names, space, _ = classes_of_checkpoint(checkpoint)
    if space is not None:
        content = space.definition
        return content if isinstance(content, dict) else None
    if None in names[:3]:
        return None
    content = dict(
        objects=list(names.objects),
        verbs=list(names.verbs),
        hois=[
            dict(verb=verb, object=obj) if obj else dict(verb=verb)
            for verb, obj in names.hois if not isinstance(names.hois[0], str)
        ])
    try:
        same = ClassNames.of_space(load_label_space(content)) == names
    except ValueError:
        return None
    return content if same else None


def use_carried_classes(cfg: Any,
                        checkpoint: Dict[str, Any],
                        only_missing: bool = True) -> None:
    """Replace names of class files in a config by what a checkpoint carries.

    Args:
        cfg (dict): Config or a part of it; it is changed.
        checkpoint (dict): As of `read_checkpoint`.
        only_missing (bool): Whether files that exist are left to be read.
            Defaults to True.

    Raises:
        CheckpointError: As of `classes_of_checkpoint`.
    """
    places = [(part, key) for part, key in class_files(cfg)
              if not (only_missing and Path(part[key]).is_file())]
    content = carried_classes(checkpoint) if places else None
    if content is None:
        return
    files = {part[key]: None for part, key in places}
    for part, key in places:
        part[key] = content
    if only_missing:
        print_log(
            f'class file {", ".join(files)} does not exist; the classes are '
            'those that the checkpoint carries',
            logger='current',
            level=logging.WARNING)
    if classes_of_checkpoint(checkpoint).space is None:
        print_log(
            'the checkpoint was written by an earlier version, which noted '
            'names of classes only: phrases and prompts of the class file are '
            'not known, which matters to own interactions (`texts`)',
            logger='current',
            level=logging.WARNING)


def restore_class_files(cfg: Any, path: str) -> None:
    """Replace class files that do not exist by what a checkpoint carries.

    Args:
        cfg (dict): Config; it is changed.
        path (str): The checkpoint, which is read only if a file is missing.

    Raises:
        CheckpointError: If it is damaged.
    """
    if not all(Path(part[key]).is_file() for part, key in class_files(cfg)):
        use_carried_classes(cfg, read_checkpoint(path, mapped=True))


def class_files(cfg: Any) -> Iterator[Tuple[dict, str]]:
    """Find the class files that a config names.

    Args:
        cfg (dict): Config or a part of it.

    Yields:
        tuple[dict, str]: A dict in it and its key for a file.
    """
    if isinstance(cfg, dict):
        for key in SOURCE_KEYS:
            if names_file(cfg.get(key)):
                yield cfg, key
        for value in cfg.values():
            yield from class_files(value)
    elif isinstance(cfg, (list, tuple)):
        for value in cfg:
            yield from class_files(value)


def _recorded_space(record: Any) -> LabelSpace:
    remedy = f'meta["{KEY}"] of the checkpoint'
    if not isinstance(record, dict) or not isinstance(
            record.get('format'), int):
        raise CheckpointError(f'{remedy} is damaged; fetch the file again')
    if record['format'] > FORMAT:
        raise CheckpointError(
            f'{remedy} has format {record["format"]}, this version of mmhoi '
            f'reads {FORMAT}; update mmhoi')
    source = record.get('label_space')
    try:
        # A file of that name would be any file.
        if not isinstance(source, dict) and (not isinstance(source, str)
                                             or names_file(source)):
            raise ValueError(f'it names {source!r:.60}')
        return load_label_space(source)
    except (ValueError, TypeError, KeyError) as error:
        raise CheckpointError(
            f'{remedy} is damaged ({error}); fetch the file again') from error
