# Copyright (c) mmhoi contributors.
"""A trained model as an ONNX file that says all that prediction needs."""
import warnings
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Dict, Iterator, Tuple

import torch
from mmengine.config import Config, ConfigDict
from torch import Tensor, nn

from mmhoi.apis import HOIInferencer
from mmhoi.apis.config_inferencer import LOADERS
from .model_info import METADATA_KEY, ModelInfo, Preprocessing
from .raw_output_model import RawOutputModel

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
    axes = _dynamic_axes(raw)
    with warnings.catch_warnings(), _plain_attention():
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


@contextmanager
def _plain_attention() -> Iterator[None]:
    """Keep PyTorch from its fused attention, which ONNX does not know."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


def _add_metadata(path: Path, info: ModelInfo) -> None:
    # An optional package: without it the rest of mmhoi works.
    import onnx
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {METADATA_KEY: info.to_json()})
    onnx.save(model, path)


def describe_model(inferencer: HOIInferencer) -> ModelInfo:
    """What prediction outside PyTorch has to know of a model.

    Args:
        inferencer (HOIInferencer): With the model.

    Returns:
        ModelInfo: Classes, preprocessing and selection.

    Raises:
        ValueError: If the test pipeline has other transforms than DETRResize,
            CLIPView and PackHOIInputs.
    """
    head = inferencer.model.bbox_head
    meta = {
        name: inferencer.dataset_meta[name]
        for name in ('classes', 'verb_classes', 'hoi_classes', 'hoi_texts')
        if name in inferencer.dataset_meta
    }
    return ModelInfo(
        meta=meta,
        hoi_objects=head.hoi_objects.tolist(),
        hoi_verbs=head.hoi_verbs.tolist(),
        preprocessing=_preprocessing(inferencer.model, inferencer.cfg),
        test_cfg=dict(
            max_per_img=head.test_cfg.get('max_per_img', 100),
            obj_score=head.test_cfg.get('obj_score', 'sigmoid'),
            pair_nms=head.test_cfg.get('pair_nms'),
            training_free_enhancement=head.test_cfg.get(
                'training_free_enhancement')))


def made_inputs(raw: RawOutputModel,
                batch_size: int,
                height: int,
                width: int,
                seed: int = 0) -> Dict[str, Tensor]:
    """Random inputs of a model, with padding if there are several images.

    Args:
        raw (RawOutputModel): The model.
        batch_size (int): Number B of images.
        height (int): Height H.
        width (int): Width W.
        seed (int): Seed of the values. Defaults to 0.

    Returns:
        dict: Arguments of `raw`.
    """
    generator = torch.Generator().manual_seed(seed)
    mask = torch.zeros(batch_size, height, width, dtype=torch.bool)
    for row in range(1, batch_size):
        mask[row, height // (row + 1):] = True
        mask[row, :, width - 8 * row:] = True
    inputs = dict(
        img=torch.randn(batch_size, 3, height, width, generator=generator),
        padding_mask=mask)
    if 'clip_img' in raw.input_names:
        size, _ = raw.model.clip_visual.visual.image_size
        inputs['clip_img'] = torch.randn(
            batch_size, 3, size, size, generator=generator)
    return inputs


def _dynamic_axes(raw: RawOutputModel) -> Dict[str, Dict[int, str]]:
    """Names of the axes that are free."""
    shapes = dict(
        img={
            0: 'batch',
            2: 'height',
            3: 'width'
        },
        padding_mask={
            0: 'batch',
            1: 'height',
            2: 'width'
        },
        clip_img={0: 'batch'})
    return {name: shapes[name] for name in raw.input_names}


def _preprocessing(model: nn.Module, cfg: Config) -> Preprocessing:
    resize, clip_size = _pipeline_sizes(cfg)
    preprocessor = model.data_preprocessor
    mean, std = (0.0, ) * 3, (1.0, ) * 3
    if preprocessor._enable_normalize:
        mean = preprocessor.mean.flatten().tolist()
        std = preprocessor.std.flatten().tolist()
    short, max_long = resize
    return Preprocessing(
        short=short,
        max_long=max_long,
        to_rgb=preprocessor._channel_conversion,
        mean=mean,
        std=std,
        pad_size_divisor=preprocessor.pad_size_divisor,
        pad_value=preprocessor.pad_value,
        clip_size=clip_size
        if 'clip_img' in RawOutputModel(model).input_names else None,
        clip_mean=preprocessor.clip_mean.flatten().tolist(),
        clip_std=preprocessor.clip_std.flatten().tolist())


def _pipeline_sizes(cfg: Config) -> Tuple[Tuple, int]:
    """Shorter and longest side of the resize, side of CLIP's view."""
    known: Dict[str, ConfigDict] = {}
    for transform in cfg.test_dataloader.dataset.pipeline:
        name = transform.type.split('.')[-1]
        if name in LOADERS or name == 'PackHOIInputs':
            continue
        if name not in ('DETRResize', 'CLIPView') or name in known:
            raise ValueError(
                f'test pipeline: {name} at this place cannot be exported; '
                'allowed are one DETRResize and then one CLIPView between '
                'loading and PackHOIInputs')
        known[name] = transform
    if list(known) not in (['DETRResize'], ['DETRResize', 'CLIPView']):
        raise ValueError(
            f'test pipeline: {", ".join(known) or "no resize"} cannot be '
            'exported; allowed are DETRResize and then CLIPView')
    scale = known['DETRResize'].scale
    sizes = (scale, None) if isinstance(scale, int) else (min(scale),
                                                          max(scale))
    return sizes, known.get('CLIPView', {}).get('size', 224)
