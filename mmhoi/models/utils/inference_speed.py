# Copyright (c) mmhoi contributors.
import torch
from mmcv.cnn import fuse_conv_bn
from torch import nn

from ..layers.lean_attention import use_lean_attention
from .compilation import compile_parts


def prepare_for_inference(model: nn.Module,
                          compile: bool = False) -> nn.Module:
    """Make a trained model predict faster, with the same results.

    Batch norms become part of the convolutions before them, convolutions are
    stored in the channels-last memory format, attention computes no unused
    weights, and parts that only training needs are dropped. Outputs are the
    same up to rounding. The names of the parameters change, so the model can
    neither be trained any more nor saved as a checkpoint.

    Args:
        model (nn.Module): Changed in place, with its weights loaded.
        compile (bool): Whether to use `torch.compile`, too, see
            :func:`compile_parts`; weights must not change any more. Defaults
            to False.

    Returns:
        nn.Module: The same model, in eval mode.
    """
    model.eval()
    # mmdet's own detectors have no such parts.
    getattr(model, 'drop_training_parts', lambda: None)()
    use_lean_attention(model)
    fuse_conv_bn(model)
    model.to(memory_format=torch.channels_last)
    if compile:
        compile_parts(model, freeze=True)
    return model
