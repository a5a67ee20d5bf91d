# Copyright (c) mmhoi contributors.
from typing import Dict, List, Optional, Union

import torch
import torch.nn.functional as F
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpaceSource
from mmhoi.registry import MODELS
from mmhoi.structures import PairProposals, SampleList
from mmhoi.utils.known_keys import check_keys
from ...instance_features import PairCrops
from ..pair_streams import PairRows, PairStreamHead, pair_rows
from ..selection import PairSelector
from .consistency_graph import ConsistencyGraph
from .consnet_score import ConsNetScore
from .visual_streams import BoxPairStream, BoxStream

SCORE_KEYS = ('score_thr', 'soft_nms')
TEST_KEYS = (*SCORE_KEYS, 'indicator_thr', 'max_per_img')


@MODELS.register_module()
class ConsNetHead(PairStreamHead):
    """Pairs and classes in one space, the classes linked by a graph.

    ConsNet (https://arxiv.org/abs/2008.06254). Human, object, action and the
    whole interaction of a pair are embedded by streams of their own, classes
    by a :class:`ConsistencyGraph`. The logit of an HOI is the sum of four
    scaled cosines: of the human with the human, the action with the HOI's
    verb, the object with its object, and the interaction with the HOI. Each
    stream also says whether there is an interaction at all.

    Symbols: M pairs, H HOIs, E width of the embeddings.

    Args:
        embed_dims (int): Width E, and that of the boxes' features.
        label_space (str | dict): See `load_label_space`.
        graph (dict): Arguments of :class:`ConsistencyGraph`.
        zero_shot_split (str, optional): What training does not see. Defaults
            to None.
        cosine_scale (float): Defaults to 10.
        hoi_loss_weight (float): Weight of the HOIs' loss. Defaults to 80.
        negatives (int): So many negatives are drawn from the batch for each
            positive. Defaults to 3.
        human_label (int): Object class of humans. Defaults to 0.
        train_cfg (dict, optional): `assigner`: config of what labels pairs.
            Defaults to `PairIoUAssigner` with an IoU of 0.5.
        test_cfg (dict, optional): `indicator_thr` (0.01): pairs in which an
            interaction is not more probable have none; `score_thr` (0.001):
            least score; `soft_nms` (True); `max_per_img` (None).
        init_cfg (dict, optional): Initialisation config.

    Raises:
        SetupError: If words or graph are of no use.
    """

    def __init__(self,
                 embed_dims: int,
                 label_space: LabelSpaceSource,
                 graph: ConfigType,
                 zero_shot_split: Optional[str] = None,
                 cosine_scale: float = 10.0,
                 hoi_loss_weight: float = 80.0,
                 negatives: int = 3,
                 human_label: int = 0,
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        train_cfg = dict(
            dict(assigner=dict(type='PairIoUAssigner')), **(train_cfg or {}))
        super().__init__(
            embed_dims,
            label_space,
            streams={},
            zero_shot_split=zero_shot_split,
            negative_verb=None,
            train_cfg=train_cfg,
            init_cfg=init_cfg)
        test_cfg = test_cfg or {}
        check_keys(test_cfg, TEST_KEYS, '`model.test_cfg`')
        self.indicator_thr = test_cfg.get('indicator_thr', 0.01)
        self.score = ConsNetScore(
            self.label_space, human_label,
            **{key: test_cfg[key]
               for key in SCORE_KEYS if key in test_cfg})
        self.select = PairSelector(test_cfg.get('max_per_img'))
        self.cosine_scale = cosine_scale
        self.hoi_loss_weight = hoi_loss_weight
        self.negatives = negatives
        self.graph = ConsistencyGraph(embed_dims, self.label_space,
                                      zero_shot_split, **graph)
        pair = (embed_dims, (embed_dims // 8, embed_dims // 4), embed_dims,
                embed_dims)
        self.streams = nn.ModuleDict(
            dict(
                human=BoxStream(*[embed_dims] * 3, feature='sub'),
                object=BoxStream(*[embed_dims] * 3, feature='obj'),
                action=BoxPairStream(*pair),
                triplet=BoxPairStream(*pair)))
        num_objects = len(self.label_space.objects)
        objects = torch.from_numpy(self.label_space.hoi_objects)
        # The last object stands for none, or any.
        self.register_buffer(
            'hoi_objects', objects % (num_objects + 1), persistent=False)
        self.register_buffer(
            'hoi_verbs',
            torch.from_numpy(self.label_space.hoi_verbs),
            persistent=False)
        seen = torch.zeros(len(objects))
        seen[self.label_space.seen_hois(zero_shot_split)] = 1
        self.register_buffer('seen', seen, persistent=False)

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
            dict: See :meth:`logits`, image by image.
        """
        return self.logits(pair_rows(tokens, proposals, img_sizes))

    def logits(self, rows: PairRows) -> Dict[str, Tensor]:
        """Classify pairs.

        Args:
            rows (PairRows): M pairs.

        Returns:
            dict: Logits of the HOIs, hoi (M, H), and of there being an
            interaction, indicator (M, 1).
        """
        seen = {name: stream(rows) for name, stream in self.streams.items()}
        words = self.graph()
        classes = dict(
            human=words.human,
            object=words.object,
            action=words.verb,
            triplet=words.hoi)
        cosines = {
            name: F.normalize(look) @ F.normalize(classes[name]).T
            for name, (look, _) in seen.items()
        }
        # Where there is no object, it says nothing.
        of_object = F.pad(cosines['object'], (0, 1))[:, self.hoi_objects]
        return dict(
            hoi=self.cosine_scale *
            (cosines['human'] + cosines['action'][:, self.hoi_verbs] +
             of_object + cosines['triplet']),
            indicator=sum(logits for _, logits in seen.values()))

    def loss(self, batch_data_samples: SampleList,
             tokens: List[Union[PairCrops,
                                Tensor]], proposals: List[PairProposals],
             img_sizes: Tensor, **_: Tensor) -> Dict[str, Tensor]:
        """Losses of a batch.

        A batch without positives has none: negatives are drawn for positives.

        Args:
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.
            tokens (list[PairCrops | Tensor]): As in `forward`.
            proposals (list[PairProposals]): As in `forward`.
            img_sizes (Tensor): As in `forward`.
            **_ (Tensor): What other heads take.

        Returns:
            dict[str, Tensor]: loss_hoi and loss_indicator, scalars.
        """
        hois = [
            self.targets(image, sample)['hoi']
            for image, sample in zip(proposals, batch_data_samples)
        ]
        is_positive = torch.cat([
            labels.any(1) if image.gt_inds is None else image.gt_inds >= 0
            for image, labels in zip(proposals, hois)
        ])
        hois = torch.cat(hois)
        drawn = self.draw(is_positive)
        rows = pair_rows(tokens, proposals, img_sizes).at(drawn)
        # BatchNorm needs two.
        if len(drawn) < 2:
            # Processes that share gradients expect one of every parameter,
            # also of what the rows come from.
            nothing = 0 * sum(
                table.sum()
                for table in (rows.sub, rows.obj, *self.parameters()))
            return dict(loss_hoi=nothing, loss_indicator=nothing)
        confidences = torch.cat(
            [self.score.confidences(image) for image in proposals])
        return self.losses(
            self.logits(rows), hois[drawn], is_positive[drawn],
            confidences[drawn])

    def draw(self, is_positive: Tensor) -> Tensor:
        """Which pairs of a batch are learned from.

        Args:
            is_positive (Tensor): bool, shape (M, ).

        Returns:
            Tensor: Rows of the positives, then of the negatives, int64.
        """
        positive = is_positive.nonzero().flatten()
        negative = (~is_positive).nonzero().flatten()
        order = torch.randperm(len(negative))[:self.negatives * len(positive)]
        return torch.cat([positive, negative[order.to(negative.device)]])

    def losses(self, logits: Dict[str, Tensor], hois: Tensor,
               is_positive: Tensor, confidences: Tensor) -> Dict[str, Tensor]:
        """Losses of pairs.

        Unseen HOIs count nothing, but the mean runs over them, too.

        Args:
            logits (dict): See :meth:`logits`.
            hois (Tensor): 0 or 1, shape (M, H).
            is_positive (Tensor): bool, shape (M, ); one at least.
            confidences (Tensor): Of the boxes for each HOI, shape (M, H).

        Returns:
            dict[str, Tensor]: loss_hoi and loss_indicator, scalars.
        """
        loss_hoi = F.binary_cross_entropy_with_logits(
            logits['hoi'][is_positive],
            hois[is_positive],
            weight=confidences[is_positive] * self.seen)
        loss_indicator = F.binary_cross_entropy_with_logits(
            logits['indicator'][:, 0], is_positive.to(logits['indicator']))
        return dict(
            loss_hoi=self.hoi_loss_weight * loss_hoi,
            loss_indicator=loss_indicator)

    def probabilities(self, logits: Dict[str, Tensor]) -> Tensor:
        """What the streams say together.

        Args:
            logits (dict): What `forward` returns.

        Returns:
            Tensor: 0 for pairs without interaction, shape (M, H).
        """
        interacts = logits['indicator'].sigmoid()
        interacts = interacts * (interacts > self.indicator_thr)
        return logits['hoi'].sigmoid() * interacts
