# Copyright (c) mmhoi contributors.
from contextlib import contextmanager
from typing import Any, Iterator, List, Optional, Sequence

import numpy as np
import torch
from mmengine.runner import autocast

from mmhoi.structures import HOIDataSample
from mmhoi.utils.one_at_a_time import OneAtATime
from .config_inferencer import ConfigInferencer
from .vocabulary import parse_vocabulary
from .vocabulary_switch import apply_vocabulary, restore_trained_classes


class SharedInferencer(ConfigInferencer):
    """A model, its vocabulary and its visualizer, which threads may share.

    Attributes:
        amp (bool): Whether it predicts in mixed precision.
        turn (OneAtATime): To be entered by whoever uses or changes model or
            visualizer.
    """

    amp: bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Compiled code holds the number of its threads, a GPU its process.
        self.turn = OneAtATime(not self.compile and torch.device(
            next(self.model.parameters()).device).type == 'cpu')
        self._texts: Any = None

    @property
    def dataset_meta(self) -> dict:
        """dict: `classes`, `verb_classes`, `hoi_classes` and more."""
        return self.model.dataset_meta

    def set_vocabulary(self, texts: Any, use_cache: bool = True) -> None:
        """Predict own interactions, or those of the training again.

        For all threads that share the inferencer; see :meth:`vocabulary`.

        Args:
            texts (Any): Texts, verbs and objects, or a file of them, see
                :func:`mmhoi.apis.vocabulary.parse_vocabulary`; None for the
                classes of the training.
            use_cache (bool): Whether text embeddings are kept on disk.
                Defaults to True.

        Raises:
            FileNotFoundError: If a file does not exist.
            ValueError: If there are no texts, one is empty, or CLIP's weights
                are missing.
        """
        with self.turn:
            if texts is None:
                restore_trained_classes(self.model)
            else:
                space = self.model.hoi_head.label_space
                apply_vocabulary(self.model, parse_vocabulary(texts, space),
                                 use_cache)
            self._texts = texts

    @contextmanager
    def vocabulary(self, texts: Any, use_cache: bool = True) -> Iterator[None]:
        """Predict own interactions in a `with` statement.

        Other threads wait until it ends; then the vocabulary is the one of
        before.

        Args:
            texts (Any): See :meth:`set_vocabulary`, as for errors.
            use_cache (bool): See there. Defaults to True.

        Examples:
            >>> with inferencer.vocabulary(
            ...         'ride a cow; feed a cow'):  # doctest: +SKIP
            ...     result = inferencer('cow.jpg')
        """
        with self.turn:
            before = self._texts
            self.set_vocabulary(texts, use_cache)
            try:
                yield
            finally:
                self.set_vocabulary(before, use_cache)

    def forward(self, inputs: dict) -> List[HOIDataSample]:
        """Predict a batch.

        Args:
            inputs (dict): As `preprocess` returns.

        Returns:
            list[HOIDataSample]: For each image, with `pred_hoi_instances`.
        """
        device = next(self.model.parameters()).device.type
        with self.turn, autocast(device_type=device, enabled=self.amp):
            return super().forward(inputs)

    def visualize(self,
                  inputs: Sequence[np.ndarray],
                  preds: Sequence[HOIDataSample],
                  names: Sequence[str],
                  dataset_meta: Optional[dict] = None,
                  **kwargs: Any) -> List[np.ndarray]:
        """Draw predictions.

        Args:
            inputs (Sequence[np.ndarray]): B images as `load_image` returns.
            preds (Sequence[HOIDataSample]): Their predictions.
            names (Sequence[str]): Titles of their windows.
            dataset_meta (dict, optional): Names of the classes. Defaults to
                None: those that are predicted now.
            **kwargs: Of `HOILocalVisualizer.add_datasample`.

        Returns:
            list[np.ndarray]: B pictures, RGB, uint8, shape (h, w, 3).
        """
        pictures = []
        for image, sample, name in zip(inputs, preds, names):
            with self.turn:
                self.visualizer.dataset_meta = (
                    dataset_meta or self.dataset_meta)
                self.visualizer.add_datasample(
                    name, image[..., ::-1], sample, draw_gt=False, **kwargs)
                pictures.append(self.visualizer.get_image())
        return pictures
