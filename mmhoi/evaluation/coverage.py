# Copyright (c) mmhoi contributors.
"""How the images of predictions and annotation fit together."""
import argparse
import warnings

import numpy as np


def check_coverage(image_ids: np.ndarray, annotated_ids: np.ndarray,
                   num_kept: int, args: argparse.Namespace) -> None:
    """Warn about images that only one of the two files has.

    Args:
        image_ids (np.ndarray): Ids of the images of the predictions.
        annotated_ids (np.ndarray): Ids of the annotated images.
        num_kept (int): Number of predictions for annotated images.
        args (argparse.Namespace): `predictions` and `ann`, the two files.

    Raises:
        ValueError: If there are images, but none in common.
    """
    missing = np.setdiff1d(annotated_ids, image_ids)
    unknown = np.setdiff1d(image_ids, annotated_ids)
    if len(missing) == len(annotated_ids) and len(unknown):
        raise ValueError(
            f'{args.predictions} and {args.ann} have no image in common '
            f'(images {_some(image_ids)} and {_some(annotated_ids)}); is it '
            'the annotation of another subset?')
    if len(missing):
        warnings.warn(
            f'{len(missing)} of {len(annotated_ids)} annotated images are not '
            f'in {args.predictions} (images {_some(missing)}); they count as '
            'images without any prediction')
    if len(unknown):
        warnings.warn(
            f'{len(unknown)} images of {args.predictions} are not in '
            f'{args.ann} (images {_some(unknown)}); they do not count')
    if num_kept == 0:
        warnings.warn(f'{args.predictions} holds no prediction at all for '
                      'the annotated images')


def _some(ids: np.ndarray) -> str:
    """The first few of some ids as text."""
    return ', '.join(map(str, ids[:3])) + (', ...' if len(ids) > 3 else '')
