# Copyright (c) mmhoi contributors.
from typing import Optional, Tuple

from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from torch import Tensor, nn

from mmhoi.models.detectors import QueryPairDetector
from mmhoi.models.heads import PairSelector
from .model_info import OUTPUT_NAMES


class RawOutputModel(nn.Module):
    """A detector as a function of tensors, which can become a graph.

    It ends where selection begins: with the scores of all combinations, so
    that whoever runs the graph need not know the method.

    Symbols: B images, Q queries, H HOIs, O objects, S input size of CLIP.

    Args:
        model (QueryPairDetector): The detector, prepared for inference; it is
            shared.

    Attributes:
        input_names (tuple[str]): Arguments of `forward` that the model needs.
        output_names (tuple[str]): What `forward` returns.

    Raises:
        ValueError: If the detector cannot become a graph.

    Examples:
        >>> raw = RawOutputModel(inferencer.model)  # doctest: +SKIP
        >>> raw.input_names  # doctest: +SKIP
        ('img', 'padding_mask', 'clip_img')
    """

    output_names = OUTPUT_NAMES

    def __init__(self, model: QueryPairDetector) -> None:
        super().__init__()
        check_exportable(model)
        self.model = model
        self.input_names = ('img', 'padding_mask')
        if model.needs_clip_img:
            self.input_names += ('clip_img', )
        self.eval()

    def forward(self,
                img: Tensor,
                padding_mask: Tensor,
                clip_img: Optional[Tensor] = None) -> Tuple[Tensor, ...]:
        """Scores and boxes.

        Args:
            img (Tensor): Normalised and padded images, shape (B, 3, H, W).
            padding_mask (Tensor): True where padded, bool, shape (B, H, W).
            clip_img (Tensor, optional): Normalised views, shape (B, 3, S, S).

        Returns:
            tuple[Tensor]: As `output_names`: scores, confidences, obj_scores
            and obj_labels of all combinations (B, Q, H), see
            `CombinationScores`; sub_bboxes and obj_bboxes (B, Q, 4),
            normalised xyxy.
        """
        head = self.model.bbox_head
        outputs = head.last_outputs(
            **self.model.forward_features(img, padding_mask, clip_img))
        return (*head.combinations(outputs),
                bbox_cxcywh_to_xyxy(outputs['sub_bboxes'][-1]),
                bbox_cxcywh_to_xyxy(outputs['obj_bboxes'][-1]))


def check_exportable(model: nn.Module) -> None:
    """Make sure that a detector can become a graph.

    Args:
        model (nn.Module): The detector.

    Raises:
        ValueError: If it cannot.
    """
    if not isinstance(model, QueryPairDetector):
        raise ValueError(
            f'{type(model).__name__} cannot be exported: its number of pairs '
            'is another for each image; allowed are configs of a '
            'QueryPairDetector')
    selector = type(model.hoi_head.select)
    if selector is not PairSelector:
        raise ValueError(
            'what is exported cannot select predictions by '
            f'{selector.__name__}; leave out the option that asks for it, '
            'such as bbox_head.query_nms, and use test_cfg.pair_nms')
