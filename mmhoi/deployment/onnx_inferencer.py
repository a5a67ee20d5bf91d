# Copyright (c) mmhoi contributors.
"""Predictions of an ONNX file; neither torch nor mmcv is needed."""
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Union

import numpy as np

from mmhoi.utils.one_at_a_time import OneAtATime
from .exported_inferencer import ExportedHOIInferencer
from .model_info import METADATA_KEY, ModelInfo


class ONNXHOIInferencer(ExportedHOIInferencer):
    """Predict the interactions in images with an ONNX file.

    Predictions are those of `mmhoi.apis.HOIInferencer`, up to rounding. The
    file says how images are prepared and what the classes are called, so
    neither config nor checkpoint is needed. Threads may share an inferencer;
    in a process that was forked it works with `num_threads=1` alone.

    Args:
        model (str | Path): File that tools/deployment/export_model.py wrote.
        providers (Sequence[str], optional): Execution providers of ONNX
            Runtime, the best first. Defaults to None: the CPU.
        num_threads (int, optional): Threads of an operator. Defaults to None:
            as many as there are cores.
        show_progress (bool): Whether to show a progress bar. Defaults to
            True.

    Raises:
        FileNotFoundError: If there is no such file.
        ImportError: If ONNX Runtime is not installed.
        ValueError: If the file is damaged or was not exported by mmhoi, or a
            provider is not available.

    Attributes:
        info (ModelInfo): Classes, preprocessing and selection.

    Examples:
        >>> inferencer = ONNXHOIInferencer('model.onnx')  # doctest: +SKIP
        >>> result = inferencer('photo.jpg')  # doctest: +SKIP
        >>> result['predictions'][0]['hois'][0]['text']  # doctest: +SKIP
        'ride bicycle'
    """

    def __init__(self,
                 model: Union[str, Path],
                 providers: Optional[Sequence[str]] = None,
                 num_threads: Optional[int] = None,
                 show_progress: bool = True) -> None:
        self.session = _open_session(
            str(model), list(providers or ['CPUExecutionProvider']),
            num_threads)
        # The session's other threads are not there in a forked process.
        self.turn = OneAtATime(survives_fork=num_threads == 1)
        metadata = self.session.get_modelmeta().custom_metadata_map
        if METADATA_KEY not in metadata:
            raise ValueError(
                f'model "{model}" has no metadata "{METADATA_KEY}"; export it '
                'with tools/deployment/export_model.py')
        super().__init__(
            ModelInfo.from_json(metadata[METADATA_KEY]), show_progress)

    def run(self, inputs: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        """Compute the graph, see the base class."""
        self.turn.check_process()
        names = [output.name for output in self.session.get_outputs()]
        return dict(zip(names, self.session.run(names, inputs)))


def _open_session(path: str, providers: List[str],
                  num_threads: Optional[int]) -> Any:
    """Session of ONNX Runtime for a file."""
    try:
        import onnxruntime
    except ImportError as error:
        raise ImportError('an exported model needs the package "onnxruntime"; '
                          'run: pip install onnxruntime') from error
    if not Path(path).is_file():
        raise FileNotFoundError(
            f'model "{path}" does not exist; export one with '
            'tools/deployment/export_model.py')
    available = onnxruntime.get_available_providers()
    if not set(providers) <= set(available):
        raise ValueError(f'providers={providers}; available are '
                         f'{", ".join(available)}')
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads or 0
    try:
        return onnxruntime.InferenceSession(path, options, providers)
    # Its errors have no public base class of their own.
    except Exception as error:
        reason = ' '.join(str(error).split())
        raise ValueError(f'model "{path}" cannot be loaded ({reason}); it is '
                         'damaged or no ONNX file') from error
