# Copyright (c) mmhoi contributors.
"""A trained model as an exported program of PyTorch (.pt2)."""
import warnings
from pathlib import Path

import torch

from mmhoi.apis import HOIInferencer
from .model_description import describe_model
from .model_info import METADATA_KEY
from .raw_output_model import RawOutputModel
from .tracing import dynamic_axes, made_inputs


def export_torch(inferencer: HOIInferencer, path: Path) -> RawOutputModel:
    """Write the model of an inferencer as an exported program of PyTorch.

    As in an ONNX file, number and size of the images are free, and selection
    of predictions is no part of the graph.

    Args:
        inferencer (HOIInferencer): On the CPU, with the weights, and with a
            vocabulary of its own if the file shall have it.
        path (Path): The file.

    Returns:
        RawOutputModel: What the graph computes.

    Raises:
        ImportError: If PyTorch is too old.
        ValueError: If the test pipeline has transforms that prediction
            outside mmhoi's models does not know.
    """
    if not hasattr(torch.export.Dim, 'DYNAMIC'):
        raise ImportError(f'export to .pt2 needs PyTorch 2.6 or later, this '
                          f'is {torch.__version__}; update it or export to '
                          '.onnx')
    info = describe_model(inferencer)
    raw = RawOutputModel(inferencer.model)
    # Without names: a named axis needs its smallest size, which depends on
    # the stride of the features, since they must have two rows and columns.
    free = {
        name: dict.fromkeys(axes, torch.export.Dim.DYNAMIC)
        for name, axes in dynamic_axes(raw).items()
    }
    program = torch.export.export(
        raw, (),
        made_inputs(raw, batch_size=2, height=96, width=128),
        dynamic_shapes=free)
    # An open file: of a path PyTorch expects that it ends in .pt2.
    with path.open('wb') as file, warnings.catch_warnings():
        # That parts of a tensor were found without the whole.
        warnings.simplefilter('ignore')
        torch.export.save(
            program, file, extra_files={METADATA_KEY: info.to_json()})
    return raw
