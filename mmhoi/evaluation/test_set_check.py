# Copyright (c) mmhoi contributors.
"""Whether a data set can be evaluated, known before the first image."""
from typing import Any, Dict

from mmhoi.utils.setup_error import SetupError


class NothingToEvaluateError(SetupError):
    """No interaction is annotated, so that every figure would be NaN."""


def check_test_set(dataset: Any) -> None:
    """Refuse a data set whose evaluation would say nothing.

    Args:
        dataset (Any): A data set or several joined ones; one without
            `get_data_info` is not looked at.

    Raises:
        NothingToEvaluateError: If it has no interaction at all.
        SetupError: If it has no image, two images of one id or ids of several
            types.
    """
    if not hasattr(dataset, 'get_data_info'):
        return
    name = f'the data set that is tested ({_files(dataset)})'
    paths: Dict[object, object] = {}
    has_pairs = len(dataset) == 0
    for index in range(len(dataset)):
        info = dataset.get_data_info(index)
        img_id, path = info.get('img_id'), info.get('img_path')
        if img_id in paths:
            raise SetupError(
                f'{name} has two images of the img_id {img_id!r}, '
                f'{paths[img_id]} and {path}; give each image an `img_id` of '
                'its own, or test the files one by one')
        paths[img_id] = path
        has_pairs |= bool(info.get('pairs', True))
    if not paths:
        raise SetupError(f'{name} has no image')
    texts = [img_id for img_id in paths if isinstance(img_id, str)]
    if 0 < len(texts) < len(paths):
        number = next(i for i in paths if not isinstance(i, str))
        raise SetupError(
            f'{name} has img_ids that are texts, such as {texts[0]!r}, and '
            f'numbers, such as {number}; make all of them numbers')
    if not has_pairs:
        raise NothingToEvaluateError(
            f'{name} has no interaction of its classes at all; there is '
            'nothing to evaluate. To write predictions only, use '
            'tools/batch_inference.py')


def check_annotated(count: int, path: Any) -> None:
    """Refuse an annotation file without an interaction.

    Args:
        count (int): Interactions, or persons with one, that count.
        path (str | Path): The file, for the message.

    Raises:
        NothingToEvaluateError: If there is none.
    """
    if count == 0:
        raise NothingToEvaluateError(
            f'{path} has no interaction of the classes of the data set; there '
            'is nothing to evaluate')


def _files(dataset: Any) -> str:
    """Annotation files of a data set, or of those that it joins."""
    parts = getattr(dataset, 'datasets', None) or [dataset]
    return ', '.join(
        str(getattr(part, 'ann_file',
                    type(part).__name__)) for part in parts)
