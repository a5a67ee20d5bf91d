# Copyright (c) mmhoi contributors.
"""A trained model as an ONNX file that says all that prediction needs."""
import warnings
from importlib.util import find_spec
from pathlib import Path

import torch

from mmhoi.apis import HOIInferencer
from .model_description import describe_model
from .model_info import METADATA_KEY, ModelInfo
from .raw_output_model import RawOutputModel
from .tracing import dynamic_axes, made_inputs

#: The lowest that torch's exporter writes without a conversion.
OPSET = 18
EXPORTERS = ('dynamo', 'legacy')
PACKAGES = ('onnx', 'onnxscript')


def export_onnx(inferencer: HOIInferencer,
                path: Path,
                opset: int = OPSET,
                exporter: str = 'dynamo') -> RawOutputModel:
    """Write the model of an inferencer as an ONNX file.

    Number and size of the images are free. Selection of predictions is no
    part of the graph; its settings are in the metadata.

    Args:
        inferencer (HOIInferencer): On the CPU, with the weights, and with a
            vocabulary of its own if the file shall have it.
        path (Path): The file.
        opset (int): Version of ONNX's operators. Defaults to 18.
        exporter (str): `dynamo`, PyTorch's present one on top of
            `torch.export`, or `legacy`, its former one, which is faster but
            only traces. Defaults to `dynamo`.

    Returns:
        RawOutputModel: What the graph computes.

    Raises:
        ImportError: If a package of the exporter is not installed.
        ValueError: If the exporter is unknown, or the test pipeline has
            transforms that prediction outside PyTorch does not know.
    """
    if exporter not in EXPORTERS:
        raise ValueError(f'exporter="{exporter}"; allowed: '
                         f'{", ".join(EXPORTERS)}')
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise ImportError(f'export needs {", ".join(missing)}; run: '
                          f'pip install {" ".join(missing)}')
    info = describe_model(inferencer)
    raw = RawOutputModel(inferencer.model)
    inputs = made_inputs(raw, batch_size=2, height=96, width=128)
    options = dict(
        input_names=raw.input_names,
        output_names=raw.output_names,
        opset_version=opset,
        verbose=False)
    axes = dynamic_axes(raw)
    with warnings.catch_warnings():
        # That axes of two inputs have one name, that lengths of lists are
        # constants, that the former exporter is no longer the default.
        warnings.simplefilter('ignore')
        if exporter == 'dynamo':
            program = torch.onnx.export(
                raw,
                kwargs=inputs,
                dynamic_shapes=axes,
                dynamo=True,
                **options)
            program.save(path, external_data=False)
        else:
            torch.onnx.export(
                raw,
                tuple(inputs.values()),
                str(path),
                dynamic_axes=axes,
                dynamo=False,
                **options)
    _add_metadata(path, info)
    return raw


def _add_metadata(path: Path, info: ModelInfo) -> None:
    # An optional package: without it the rest of mmhoi works.
    import onnx
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {METADATA_KEY: info.to_json()})
    onnx.save(model, path)
