# Copyright (c) mmhoi contributors.
import numpy as np

from mmhoi.utils.setup_error import SetupError


def sample_images(num_images: int, fraction: float, seed: int) -> np.ndarray:
    """Choose the images of a low-data training set.

    All images of the annotation file are put in a random order that depends
    on the seed only, and the first round(fraction * num_images) are taken (at
    least one). With one seed the sets are therefore nested: the images of 5 %
    are among those of 15 %, and so on.

    Args:
        num_images (int): Number of images in the annotation file.
        fraction (float): Share of the images to keep, in (0, 1].
        seed (int): Seed of the order.

    Returns:
        np.ndarray: Indices of the chosen images in ascending order.

    Raises:
        ValueError: If the fraction is not in (0, 1].

    Examples:
        >>> sample_images(10, 0.3, seed=0)
        array([2, 4, 8])
        >>> set(sample_images(10, 0.3, 0)) <= set(sample_images(10, 0.5, 0))
        True
    """
    check_fraction(fraction)
    size = max(1, round(fraction * num_images))
    # RandomState, not Generator: its stream is the same in every NumPy.
    order = np.random.RandomState(seed).permutation(num_images)
    return np.sort(order[:size])


def check_fraction(fraction: float) -> None:
    """Refuse a share of the images that is none.

    Args:
        fraction (float): The share.

    Raises:
        SetupError: If it is not in (0, 1].
    """
    if not 0 < fraction <= 1:
        raise SetupError(
            f'fraction={fraction} (config key `fraction` of the dataset) must '
            'be in (0, 1], for example 0.05 for 5 % of the images')
