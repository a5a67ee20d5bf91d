# Copyright (c) mmhoi contributors.
"""What a data set's pipeline makes of an image, step by step."""
from dataclasses import dataclass, field, replace
from typing import Iterable, Iterator, List, Optional

import numpy as np
import torch
from mmcv.transforms import BaseTransform
from mmdet.datasets.transforms import PackDetInputs

from mmhoi.datasets import HOIDataset
from mmhoi.datasets.transforms import LoadHOIAnnotations, PackHOIInputs
from mmhoi.datasets.transforms.image_loading import image_loader
from mmhoi.structures import HOIDataSample
from .hoi_local_visualizer import HOILocalVisualizer

#: What is drawn: the image of the file, what the model gets, both, all steps.
MODES = ('original', 'transformed', 'concat', 'pipeline')


@dataclass(frozen=True)
class View:
    """An image between two steps of a pipeline.

    Attributes:
        name (str): What it is.
        image (np.ndarray): RGB, uint8, shape (h, w, 3).
        sample (HOIDataSample): With `gt_hoi_instances` in pixels of the
            image, once they are loaded.
        clip_image (np.ndarray, optional): CLIP's view of it, RGB, uint8,
            shape (S, S, 3).
    """
    name: str
    image: np.ndarray
    sample: HOIDataSample = field(default_factory=HOIDataSample)
    clip_image: Optional[np.ndarray] = None

    @property
    def caption(self) -> str:
        """Name, size and whether the image is flipped."""
        flipped = ', flipped' if self.sample.get('flip', False) else ''
        return f'{self.name}, {self.image.shape[1]} x ' \
               f'{self.image.shape[0]}{flipped}'

    def rename(self, name: str) -> 'View':
        """The same under another name."""
        return replace(self, name=name)

    def draw(self, visualizer: HOILocalVisualizer) -> np.ndarray:
        """Draw the pairs.

        Args:
            visualizer (HOILocalVisualizer): Knows the names.

        Returns:
            np.ndarray: Picture, RGB, uint8, shape (h', w', 3).
        """
        visualizer.add_datasample(
            self.name, self.image, self.sample, draw_pred=False)
        return visualizer.get_image()


def view_item(dataset: HOIDataset, index: int, mode: str) -> List[View]:
    """Run the pipeline on an image and look at it.

    Args:
        dataset (HOIDataset): The data set.
        index (int): Index of the image.
        mode (str): `original` (the file as annotated), `transformed` (what
            the model gets: its image and CLIP's view), `concat` (these
            beside each other) or `pipeline` (after each transform).

    Returns:
        list[View]: The views.

    Raises:
        OSError: If the image cannot be read.
        ValueError: If the mode is unknown.
    """
    if mode not in MODES:
        raise ValueError(f'mode "{mode}" must be one of {", ".join(MODES)}')
    views = []
    if mode in ('original', 'concat'):
        # Annotations as they are in the file, even those that leave the image.
        loading = [image_loader(dataset), LoadHOIAnnotations(clamp=False)]
        *_, view = _steps(dataset.get_data_info(index), loading)
        views.append(view.rename('original'))
    if mode != 'original':
        transforms = [
            transform for transform in dataset.pipeline.transforms
            if not isinstance(transform, (PackDetInputs, PackHOIInputs))
        ]
        *steps, view = _steps(dataset.get_data_info(index), transforms)
        if mode == 'pipeline':
            views += [*steps, view]
        else:
            views.append(view.rename('model input'))
        if view.clip_image is not None:
            views.append(View('CLIP view', view.clip_image))
    return views


def _steps(results: dict,
           transforms: Iterable[BaseTransform]) -> Iterator[View]:
    """The view after each transform."""
    scale = np.ones(2)
    for transform in transforms:
        name, path = type(transform).__name__, results['img_path']
        results = transform(results)
        if results is None or results.get('img_unreadable', False):
            raise OSError(f'image "{path}" is skipped by {name}')
        if isinstance(transform, LoadHOIAnnotations):
            # Loaded after a resize, as in testing, annotations stay in pixels
            # of the file.
            scale = np.array(results.get('scale_factor', (1, 1)))
        yield _view(name, results, torch.from_numpy(scale).float())


def _view(name: str, results: dict, scale: torch.Tensor) -> View:
    """View of results that are not packed yet.

    Copies of what it needs, as later transforms may write into the results.
    """
    packed = PackHOIInputs().transform(results)
    inputs = {key: _to_rgb(image) for key, image in packed['inputs'].items()}
    sample = packed['data_samples'].clone()
    if 'gt_hoi_instances' in sample:
        for key in ('sub_bboxes', 'obj_bboxes'):
            sample.gt_hoi_instances[key] *= scale.repeat(2)
    return View(name, inputs['img'], sample, inputs.get('clip_img'))


def _to_rgb(image: torch.Tensor) -> np.ndarray:
    """(3, h, w) BGR as (h, w, 3) RGB, a copy."""
    return np.ascontiguousarray(image.permute(1, 2, 0).numpy()[..., ::-1])
