# Copyright (c) mmhoi contributors.
import math
from typing import Dict, List, Optional, Sequence, Union

import torch
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.label_spaces import ClassNames, LabelSpaceSource, load_label_space
from mmhoi.registry import MODELS, TASK_UTILS
from mmhoi.structures import HOIDataSample, PairProposals, SampleList
from mmhoi.utils.known_keys import check_keys
from mmhoi.utils.setup_error import SetupError
from ...instance_features import PairCrops
from ...task_modules.assigners.hoi_match_cost import box_scale
from ..selection import PairSelector
from .composed_pairs import ImageRows
from .pair_rows import PairRows, pair_crops, pair_rows
from .pair_targets import PairTargets
from .score_product import ScoreProduct

SCORE_KEYS = ('sub_power', 'obj_power', 'object_names')
TEST_KEYS = ('streams', *SCORE_KEYS, 'max_per_img', 'pair_nms')


@MODELS.register_module()
class PairStreamHead(BaseModule):
    """Pairs of boxes, classified by several streams whose scores multiply.

    The form of the two-stage methods since HO-RCNN: each stream looks at some
    of the crops of human, object and both, at how the boxes lie, at words; a
    pair's score for an HOI is the product of what the streams say and of the
    scores of its boxes. VCL, ATL and FCL are such heads with a composer, which
    adds training pairs that no image shows.

    Symbols: B images, N boxes and M pairs of an image, C channels of a crop, H
    HOIs.

    Args:
        embed_dims (int): Width C of the crops' features.
        label_space (str | dict): See `load_label_space`.
        streams (dict): Configs of the streams by name, in order; see
            `PairStream`.
        zero_shot_split (str, optional): What training does not see. Defaults
            to None.
        class_weights (dict, optional): Config of the weights of HOI classes,
            such as `ClassFrequencyWeights`, which multiply the logits of
            training. Defaults to None.
        composer (dict, optional): Config of what adds training pairs, such as
            `VerbObjectComposer`. Defaults to None.
        composed_stream (str): The stream that classifies those. Defaults to
            `verb_object`.
        negative_verb (str, optional): Verb of the HOI that a pair of detected
            boxes without annotation is labelled with. Defaults to
            `no_interaction`; None, or where the label space has no such HOI,
            no HOI.
        train_cfg (dict, optional): `assigner`: config of the assigner; without
            one, pairs belong to the annotated pair that they are copies of.
        test_cfg (dict, optional): `streams`: names of those that count, all
            unless given; arguments of :class:`ScoreProduct`; `max_per_img` and
            `pair_nms` of :class:`PairSelector`.
        init_cfg (dict, optional): Initialisation config.

    Raises:
        ValueError: If the label space is unknown.
        SetupError: If a split or a stream is unknown.
    """

    def __init__(self,
                 embed_dims: int,
                 label_space: LabelSpaceSource,
                 streams: Dict[str, ConfigType],
                 zero_shot_split: Optional[str] = None,
                 class_weights: OptConfigType = None,
                 composer: OptConfigType = None,
                 composed_stream: str = 'verb_object',
                 negative_verb: Optional[str] = 'no_interaction',
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        self.label_space = load_label_space(label_space)
        self.zero_shot_split = zero_shot_split
        train_cfg, self.test_cfg = train_cfg or {}, test_cfg or {}
        check_keys(train_cfg, ('assigner', ), '`model.train_cfg`')
        check_keys(self.test_cfg, TEST_KEYS, '`model.test_cfg`')
        known = dict(embed_dims=embed_dims, label_space=self.label_space)
        self.streams = nn.ModuleDict({
            name:
            MODELS.build(dict(type='PairStream', **known, **cfg))
            for name, cfg in streams.items()
        })
        self.counting = tuple(self.test_cfg.get('streams', streams))
        names = [*self.counting, *([composed_stream] if composer else [])]
        unknown = [name for name in names if name not in streams]
        if unknown:
            raise SetupError(
                f'no stream of interaction_head is called {unknown[0]} '
                '(test_cfg.streams, composed_stream); allowed: '
                f'{", ".join(streams)}')
        self.composed_stream = composed_stream
        self.composer = composer and MODELS.build(
            dict(zero_shot_split=zero_shot_split, **known, **composer))
        weights = class_weights and TASK_UTILS.build(class_weights)(
            self.label_space, zero_shot_split)
        self.register_buffer('class_weights', weights, persistent=False)
        self.targets = PairTargets(self.label_space, zero_shot_split,
                                   negative_verb, train_cfg.get('assigner'))
        self.score = ScoreProduct(
            self.label_space, **{
                key: self.test_cfg[key]
                for key in SCORE_KEYS if key in self.test_cfg
            })
        self.select = PairSelector(
            self.test_cfg.get('max_per_img'), self.test_cfg.get('pair_nms'))

    def class_rows(self, names: ClassNames) -> Dict[str, Optional[tuple]]:
        """Which classes the rows of weights belong to, as of `PairHead`."""
        rows = names._asdict()
        return {
            f'{path}.{weight}': rows[kind]
            for path, module in self.named_modules()
            for weight, kind in getattr(module, 'CLASS_ROWS', {}).items()
        }

    @property
    def num_hois(self) -> int:
        """int: Number H of HOIs that are predicted."""
        return len(self.label_space.hoi_verbs)

    def forward(self, tokens: List[Union[PairCrops, Tensor]],
                proposals: List[PairProposals], img_sizes: Tensor,
                **_: Tensor) -> Dict[str, Tensor]:
        """Classify all pairs of a batch.

        Args:
            tokens (list[PairCrops | Tensor]): What the boxes of each image
                show, see `pair_rows`.
            proposals (list[PairProposals]): Boxes and pairs of each image.
            img_sizes (Tensor): Height and width of the images without
                padding, shape (B, 2).
            **_ (Tensor): What other heads take.

        Returns:
            dict: Logits of each stream by name, image by image, shapes (sum of
            all M, classes).
        """
        rows = pair_rows(tokens, proposals, img_sizes)
        return {name: stream(rows) for name, stream in self.streams.items()}

    def loss(self, batch_data_samples: SampleList,
             tokens: List[Union[PairCrops,
                                Tensor]], proposals: List[PairProposals],
             img_sizes: Tensor, **_: Tensor) -> Dict[str, Tensor]:
        """Losses of a batch.

        Args:
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.
            tokens (list[PairCrops | Tensor]): As in `forward`.
            proposals (list[PairProposals]): As in `forward`.
            img_sizes (Tensor): As in `forward`.
            **_ (Tensor): What other heads take.

        Returns:
            dict[str, Tensor]: `loss_` and the name of each stream, and
            loss_composed with a composer, scalars.
        """
        rows = pair_rows(tokens, proposals, img_sizes)
        images = [image.num_pairs for image in proposals]
        targets = [
            self.targets(image, sample)
            for image, sample in zip(proposals, batch_data_samples)
        ]
        losses = {}
        for name, stream in self.streams.items():
            seen = torch.cat(
                [self.sees(image, stream.negatives) for image in proposals])
            labels = torch.cat([image[stream.classes] for image in targets])
            losses[f'loss_{name}'] = stream.loss_weight * _mean(
                stream.losses(
                    stream(rows.at(seen)), labels[seen], self.class_weights),
                [int(part.sum()) for part in seen.split(images)])
        if self.composer is not None:
            losses['loss_composed'] = self._composed_loss([
                self._image_rows(*image) for image in zip(
                    rows.split(images), tokens, proposals, targets,
                    batch_data_samples)
            ])
        if not sum(images):
            # Processes that share gradients expect one of every parameter.
            name = next(iter(losses))
            losses[name] = losses[name] + 0 * sum(
                parameter.sum() for parameter in self.parameters())
        return losses

    @staticmethod
    def sees(proposals: PairProposals, negatives: float) -> Tensor:
        """Which training pairs of an image a stream sees.

        Args:
            proposals (PairProposals): M pairs; positives first.
            negatives (float): Share of the negatives, rounded down.

        Returns:
            Tensor: Positives and the first negatives, bool, shape (M, ).
        """
        if proposals.gt_inds is None or negatives >= 1:
            return torch.ones_like(proposals.sub_inds, dtype=torch.bool)
        is_negative = proposals.gt_inds < 0
        limit = int(is_negative.sum() * negatives)
        return ~is_negative | (is_negative.cumsum(0) <= limit)

    def _image_rows(self, rows: PairRows, tokens: Union[PairCrops, Tensor],
                    proposals: PairProposals, targets: Dict[str, Tensor],
                    sample: HOIDataSample) -> ImageRows:
        """What an image gives to the composer."""
        seen = self.sees(proposals,
                         self.streams[self.composed_stream].negatives)
        return ImageRows(
            rows.at(seen), targets['hoi'][seen],
            pair_crops(tokens, proposals).obj, proposals.boxes,
            proposals.labels, sample.get('objects_only', False))

    def _composed_loss(self, images: List[ImageRows]) -> Tensor:
        """Loss of the pairs that the composer makes."""
        stream, pairs = self.streams[self.composed_stream], self.composer(
            images)
        labels = self.targets.of_hois(pairs.labels, pairs.rows.obj_labels)
        losses = stream.losses(
            stream(pairs.rows), labels[stream.classes], pairs.logit_weights,
            pairs.loss_weights)
        return self.composer.loss_weight * _mean(losses, [len(losses)])

    def predict(self,
                batch_data_samples: SampleList,
                proposals: List[PairProposals],
                rescale: bool = True,
                **features: Tensor) -> List[InstanceData]:
        """Predicted pairs of a batch.

        Args:
            batch_data_samples (list[HOIDataSample]): With the image sizes.
            proposals (list[PairProposals]): As in `forward`.
            rescale (bool): Original-image instead of input-image pixels.
                Defaults to True.
            **features (Tensor): Other arguments of `forward`.

        Returns:
            list[InstanceData]: As of :class:`PairSelector`, per image.
        """
        probs = self.probabilities(self(proposals=proposals, **features))
        results = []
        for image, rows, sample in zip(
                proposals, probs.split([p.num_pairs for p in proposals]),
                batch_data_samples):
            boxes = image.boxes
            if rescale:
                boxes = boxes * (
                    box_scale(sample.ori_shape[:2], boxes) /
                    box_scale(sample.img_shape[:2], boxes))
            results.append(
                self.select(
                    self.score(rows, image),
                    torch.from_numpy(self.label_space.hoi_verbs).to(
                        rows.device), boxes[image.sub_inds],
                    boxes[image.obj_inds], image.labels[image.obj_inds]))
        return results

    def probabilities(self, logits: Dict[str, Tensor]) -> Tensor:
        """What the streams say together.

        Args:
            logits (dict): What `forward` returns.

        Returns:
            Tensor: Product of the probabilities of all streams that count,
            shape (M, H).
        """
        return math.prod(self.streams[name].hoi_probabilities(logits[name])
                         for name in self.counting)


def _mean(losses: Tensor, images: Sequence[int]) -> Tensor:
    """Mean over the pairs of an image, then over images; 0 without pairs."""
    means = [part.mean() for part in losses.split(images) if len(part)]
    return torch.stack(means).mean() if means else losses.sum()
