# Copyright (c) mmhoi contributors.
from typing import Sequence

import torch
from mmdet.models.data_preprocessors import DetDataPreprocessor
from open_clip import OPENAI_DATASET_MEAN, OPENAI_DATASET_STD

from mmhoi.registry import MODELS


@MODELS.register_module()
class HOIDataPreprocessor(DetDataPreprocessor):
    """Pad and normalise the images, normalise the CLIP views.

    The images go through `mmdet.DetDataPreprocessor`. The CLIP views, BGR
    bytes of one size, become RGB in [0, 1] and are normalised as CLIP was
    trained. Symbols: B images, S input size of CLIP.

    Args:
        clip_mean (Sequence[float]): Mean of R, G, B of the views, for values
            in [0, 1]. Defaults to CLIP's.
        clip_std (Sequence[float]): Standard deviation of R, G, B of the
            views. Defaults to CLIP's.
        **kwargs: Arguments of `mmdet.DetDataPreprocessor`: mean, std,
            bgr_to_rgb, pad_size_divisor, ...
    """

    def __init__(self,
                 clip_mean: Sequence[float] = OPENAI_DATASET_MEAN,
                 clip_std: Sequence[float] = OPENAI_DATASET_STD,
                 **kwargs) -> None:
        super().__init__(**kwargs)
        self.register_buffer('clip_mean',
                             torch.tensor(clip_mean).view(1, 3, 1, 1), False)
        self.register_buffer('clip_std',
                             torch.tensor(clip_std).view(1, 3, 1, 1), False)

    def forward(self, data: dict, training: bool = False) -> dict:
        """Make model inputs of a collated batch.

        Args:
            data (dict): inputs, a dict with img (list of B uint8 tensors
                (3, H_i, W_i), BGR) and optionally clip_img (list of B uint8
                tensors (3, S, S), BGR); and data_samples (list of B
                HOIDataSample), which may be absent.
            training (bool): Whether to apply batch augmentations. Defaults
                to False.

        Returns:
            dict: inputs, a dict with img (B, 3, H, W) and, if given,
            clip_img (B, 3, S, S), both normalised float; and data_samples
            with batch_input_shape and pad_shape, or None.
        """
        views = data['inputs'].get('clip_img')
        batch = super().forward(
            dict(
                inputs=data['inputs']['img'],
                data_samples=data.get('data_samples')), training)
        inputs = dict(img=batch['inputs'])
        if views is not None:
            inputs['clip_img'] = self._normalize_views(views)
        return dict(inputs=inputs, data_samples=batch['data_samples'])

    def _normalize_views(self, views: Sequence[torch.Tensor]) -> torch.Tensor:
        """BGR bytes of B views -> normalised RGB, shape (B, 3, S, S)."""
        views = torch.stack(list(self.cast_data(views))).flip(1).float()
        return (views / 255 - self.clip_mean) / self.clip_std
