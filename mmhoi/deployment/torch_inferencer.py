# Copyright (c) mmhoi contributors.
"""Predictions of an exported program of PyTorch; mmdet is not needed."""
import zipfile
from pathlib import Path
from typing import Dict, Tuple, Union

import numpy as np
import torch
from torch.export import ExportedProgram

from mmhoi.utils.image_decoding import ImageReadError
from mmhoi.utils.one_at_a_time import OneAtATime
from .exported_inferencer import ExportedHOIInferencer
from .model_info import METADATA_KEY, OUTPUT_NAMES, ModelInfo


class TorchHOIInferencer(ExportedHOIInferencer):
    """Predict the interactions in images with an exported program.

    Predictions are those of `mmhoi.apis.HOIInferencer`, up to rounding.
    Neither config nor checkpoint is needed. Load only files that you trust:
    PyTorch reads them with pickle. Threads may share an inferencer; in a
    process that was forked it predicts in a single thread.

    Args:
        model (str | Path): File that tools/deployment/export_model.py wrote,
            .pt2.
        show_progress (bool): Whether to show a progress bar. Defaults to
            True.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file is damaged or was not exported by mmhoi.

    Examples:
        >>> inferencer = TorchHOIInferencer('model.pt2')  # doctest: +SKIP
        >>> result = inferencer('photo.jpg')  # doctest: +SKIP
        >>> result['predictions'][0]['hois'][0]['text']  # doctest: +SKIP
        'ride bicycle'
    """

    def __init__(self,
                 model: Union[str, Path],
                 show_progress: bool = True) -> None:
        program, metadata = _load(Path(model))
        self.module = program.module()
        self.turn = OneAtATime()
        super().__init__(ModelInfo.from_json(metadata), show_progress)

    @torch.inference_mode()
    def run(self, inputs: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Compute the graph, see the base class.

        Raises:
            ImageReadError: If all images are so small that the batch has a
                single row or column of features.
        """
        tensors = {name: torch.from_numpy(x) for name, x in inputs.items()}
        try:
            with self.turn:
                outputs = self.module(**tensors)
        except AssertionError as error:
            height, width = inputs['img'].shape[2:]
            raise ImageReadError(
                f'an image of {width} x {height} pixels after the resize is '
                f'too small for a .pt2 ({error}); predict on it with '
                'HOIInferencer or an .onnx') from error
        return {name: x.numpy() for name, x in zip(OUTPUT_NAMES, outputs)}


def _load(path: Path) -> Tuple[ExportedProgram, str]:
    """Program of a file and what the file says of it."""
    if not path.is_file():
        raise FileNotFoundError(
            f'model "{path}" does not exist; export one with '
            'tools/deployment/export_model.py')
    extra_files = {METADATA_KEY: ''}
    try:
        # Of a file that is no archive PyTorch logs a traceback.
        zipfile.ZipFile(path).close()
        with path.open('rb') as file:
            program = torch.export.load(file, extra_files=extra_files)
    # Its errors have no base class of their own.
    except Exception as error:
        reason = ' '.join(str(error).split())
        raise ValueError(f'model "{path}" cannot be loaded ({reason}); it is '
                         'damaged or no .pt2 file') from error
    if not extra_files[METADATA_KEY]:
        raise ValueError(f'model "{path}" has no metadata "{METADATA_KEY}"; '
                         'export it with tools/deployment/export_model.py')
    return program, extra_files[METADATA_KEY]
