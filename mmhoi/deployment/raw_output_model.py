# Copyright (c) mmhoi contributors.
from copy import copy
from typing import Dict, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from mmhoi.models.detectors import HOIDetector
from .model_info import OUTPUT_NAMES


class RawOutputModel(nn.Module):
    """A detector as a function of tensors, which can become a graph.

    It ends where selection begins: the last layer's outputs. Padding is an
    input, since a graph knows no data samples.

    Symbols: B images, Q queries, H HOIs, O objects, S input size of CLIP.

    Args:
        model (HOIDetector): The detector; it stays as it is and shares its
            weights.

    Attributes:
        input_names (tuple[str]): Arguments of `forward` that the model needs.
        output_names (tuple[str]): What `forward` returns.

    Examples:
        >>> raw = RawOutputModel(inferencer.model)  # doctest: +SKIP
        >>> raw.input_names  # doctest: +SKIP
        ('img', 'padding_mask', 'clip_img')
    """

    def __init__(self, model: HOIDetector) -> None:
        super().__init__()
        # A copy of the object alone: other users keep mmdet's method, which
        # takes the padding from data samples.
        self.model = copy(model)
        self.model.pre_transformer = self._pre_transformer
        self.input_names = ('img', 'padding_mask')
        has_bonus = model.bbox_head.test_cfg.get('training_free_enhancement')
        self.output_names = OUTPUT_NAMES if has_bonus else OUTPUT_NAMES[:-1]
        if has_bonus or 'clip' in getattr(model.interaction_decoder, 'sources',
                                          ()):
            self.input_names += ('clip_img', )
        elif not model.interaction_decoder.in_clip_space:
            # Its weights would be in the file: two thirds of GEN-VLKT's.
            self.model._modules = dict(model._modules)
            del self.model.clip_visual
        self.eval()

    def forward(self,
                img: Tensor,
                padding_mask: Tensor,
                clip_img: Optional[Tensor] = None) -> Tuple[Tensor, ...]:
        """Raw outputs.

        Args:
            img (Tensor): Normalised and padded images, shape (B, 3, H, W).
            padding_mask (Tensor): True where padded, bool, shape (B, H, W).
            clip_img (Tensor, optional): Normalised views, shape (B, 3, S, S).

        Returns:
            tuple[Tensor]: As `output_names`: hoi_logits (B, Q, H), obj_logits
            (B, Q, O + 1), sub_bboxes and obj_bboxes (B, Q, 4) normalised
            cxcywh, clip_logits (B, H).
        """
        batch_inputs = dict(img=img)
        if clip_img is not None:
            batch_inputs['clip_img'] = clip_img
        features = self.model.forward_features(batch_inputs, padding_mask)
        for name in 'sub_states', 'obj_states', 'hoi_features':
            features[name] = features[name][-1:]
        outputs = self.model.bbox_head(**features)
        return tuple(
            outputs[name] if name == 'clip_logits' else outputs[name][-1]
            for name in self.output_names)

    def _pre_transformer(self, img_feats: Sequence[Tensor],
                         padding_mask: Tensor) -> Tuple[Dict, Dict]:
        """mmdet's DETR.pre_transformer with a mask for the data samples."""
        feat = img_feats[-1]
        mask = _shrink_mask(padding_mask, *feat.shape[-2:])
        pos = self.model.positional_encoding(mask)
        feat = feat.flatten(2).transpose(1, 2)
        pos = pos.flatten(2).transpose(1, 2)
        mask = mask.flatten(1)
        return (dict(feat=feat, feat_mask=mask,
                     feat_pos=pos), dict(memory_mask=mask, memory_pos=pos))


def _shrink_mask(mask: Tensor, height: int, width: int) -> Tensor:
    """The nearest values of a mask, as `F.interpolate` takes them.

    ONNX's Resize counts with the inverse factor: where the source position
    is a whole number, rounding leads it to another one.
    """
    for dim, size in (1, height), (2, width):
        old_size = torch.full((), mask.size(dim), dtype=torch.float32)
        index = torch.arange(size) * (old_size / size)
        mask = mask.index_select(dim, index.floor().long().to(mask.device))
    return mask
