# Copyright (c) mmhoi contributors.
from typing import ClassVar, Dict, List, Optional, Tuple

from mmdet.models.layers import MLP
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig, reduce_mean
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.label_spaces import ClassNames, LabelSpaceSource
from mmhoi.registry import MODELS, TASK_UTILS
from mmhoi.structures import SampleList
from mmhoi.utils.known_keys import check_keys
from ..losses.object_loss import build_object_loss, object_loss
from ..task_modules.assigners.hoi_match_cost import box_scale
from ..utils.float32_forward import float32_forward
from .box_losses import box_losses
from .class_set import load_class_set
from .interactions.base import InteractionClassifier
from .object_scores import object_scores
from .pair_targets import pair_targets
from .selection import CombinationScores, PairSelector
from .training_free_enhancement import training_free_scores

#: What the head reads of `test_cfg`.
TEST_KEYS = ('max_per_img', 'pair_nms', 'obj_score',
             'training_free_enhancement')


@MODELS.register_module()
class PairHead(BaseModule):
    """Boxes, object classes and interactions of Q pairs; losses, predictions.

    The head of query-based methods. What tells them apart is a part: how
    objects and interactions are classified, which losses come on top.

    Symbols: B images, Q queries, L layers, D detector width, C width of the
    interaction features, E their width after `embed` of the classifier, P
    annotated pairs, O objects, H HOIs, T interaction classes that training
    sees, K predictions.

    Args:
        embed_dims (int): Detector width D.
        label_space (str): See `load_label_space`.
        obj_classifier (dict): Config of the object classifier, see
            `mmhoi.models.heads.objects`.
        interaction_classifier (dict): Config of an
            :class:`InteractionClassifier`.
        loss_hoi (dict): Loss of interaction logits.
        loss_obj (dict): Loss of object logits, see `build_object_loss`.
        loss_bbox (dict): Loss of normalised cxcywh boxes.
        loss_iou (dict): Loss of xyxy boxes in pixels.
        auxiliary_losses (dict[str, dict]): Losses on top, by name: each maps
            what `forward` returns to a list of L scalars, such as
            :class:`MimicLoss`. Defaults to none.
        clip (dict, optional): `model_name` and `pretrained` of the CLIP model
            whose texts the classifiers may use. The detector passes its own.
        zero_shot_split (str, optional): Split whose unseen HOIs are no
            classes in training. Defaults to None.
        sync_avg_factor (bool): Whether all losses are divided by counts
            averaged over processes, as those of human boxes are, so that N
            processes train as one with N times the batch, or those of HOIs,
            object classes and object boxes by the counts of each process
            (official). Defaults to False.
        train_cfg (dict, optional): `assigner`: config of the assigner.
        test_cfg (dict, optional): `obj_score` (`sigmoid` as the official
            code of HOICLIP, or `softmax`), `max_per_img` (int), `pair_nms`
            (dict of `iou_thr`, `sub_power`, `obj_power`, or None) and
            `training_free_enhancement` (dict of `topk`, `mode`, or None).
        init_cfg (dict, optional): Initialisation config.

    Attributes:
        matched_by (tuple[str]): Names of the outputs that match costs see.
        classes (ClassSet): What the head is built for.
        label_space (LabelSpace): Its label space.
        zero_shot_split (str | None): The argument of that name.
        clip (dict | None): The argument of that name.
        interaction_classifier (InteractionClassifier): The part; it knows
            the HOIs that are predicted.
        trained_classes (NamedTuple | None): While texts replace the classes
            of the training: these.

    Raises:
        ValueError: If the label space or the split is unknown.
    """

    matched_by: ClassVar[Tuple[str,
                               ...]] = ('interaction_logits', 'obj_logits',
                                        'sub_bboxes', 'obj_bboxes')

    def __init__(self,
                 embed_dims: int,
                 label_space: LabelSpaceSource,
                 obj_classifier: ConfigType,
                 interaction_classifier: ConfigType,
                 loss_hoi: ConfigType,
                 loss_obj: ConfigType,
                 loss_bbox: ConfigType,
                 loss_iou: ConfigType,
                 auxiliary_losses: ConfigType = dict(),
                 clip: OptConfigType = None,
                 zero_shot_split: Optional[str] = None,
                 sync_avg_factor: bool = False,
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        classes = load_class_set(label_space, zero_shot_split)
        self.classes = classes
        self.label_space = classes.label_space
        self.zero_shot_split = zero_shot_split
        self.clip = clip
        self.sync_avg_factor = sync_avg_factor
        self.test_cfg = test_cfg or {}
        check_keys(self.test_cfg, TEST_KEYS, '`model.test_cfg`')
        check_keys(
            self.test_cfg.get('training_free_enhancement') or {},
            ('topk', 'mode'), '`model.test_cfg.training_free_enhancement`')
        check_keys(train_cfg or {}, ('assigner', ), '`model.train_cfg`')

        self.sub_reg = MLP(embed_dims, embed_dims, 4, 3)
        self.obj_reg = MLP(embed_dims, embed_dims, 4, 3)
        shared = dict(embed_dims=embed_dims, classes=classes, clip=clip)
        self.obj_classifier = MODELS.build(dict(**shared, **obj_classifier))
        self.interaction_classifier: InteractionClassifier = MODELS.build(
            dict(**shared, **interaction_classifier))

        self.assigner = None
        if train_cfg is not None:
            self.assigner = TASK_UTILS.build(train_cfg['assigner'])
        self.loss_hoi = MODELS.build(loss_hoi)
        self.loss_obj = build_object_loss(loss_obj,
                                          len(self.label_space.object_prompts))
        self.loss_bbox = MODELS.build(loss_bbox)
        self.loss_iou = MODELS.build(loss_iou)
        self.auxiliary_losses = nn.ModuleDict({
            name: MODELS.build(loss)
            for name, loss in auxiliary_losses.items()
        })
        self.trained_classes = None
        self.select = PairSelector(
            self.test_cfg.get('max_per_img', 100),
            self.test_cfg.get('pair_nms'))

    def class_rows(self, names: ClassNames) -> Dict[str, Optional[tuple]]:
        """Which classes the rows of weights belong to.

        Args:
            names (ClassNames): Classes, the head's own or those of a
                checkpoint.

        Returns:
            dict: For each weight with a row for each class these classes, if
            the head is built for `names`; None where they are not known.
        """
        seen = self.classes.train_ids
        kinds = dict(
            objects=names.object_rows,
            verbs=names.verbs,
            hois=names.hois,
            train_hois=names.hois)
        if seen is not None and names.hois is not None:
            kinds['train_hois'] = tuple(names.hois[i] for i in seen.tolist()
                                        if i < len(names.hois))
        return {
            f'{part}.{name}': kinds[kind]
            for part in ('obj_classifier', 'interaction_classifier')
            for name, kind in getattr(self, part).CLASS_ROWS.items()
        }

    @property
    def num_hois(self) -> int:
        """int: Number H of HOIs that are predicted."""
        return self.interaction_classifier.num_hois

    @float32_forward
    def forward(self,
                sub_states: Tensor,
                obj_states: Tensor,
                interaction_features: Tensor,
                clip_feature: Optional[Tensor] = None,
                seen_only: bool = False) -> Dict[str, Tensor]:
        """Raw outputs of every layer.

        The interaction decoder may have another number of layers than the
        instance decoder: a single layer serves all, otherwise the last ones
        of both are paired.

        Args:
            sub_states (Tensor): Human states, shape (L, B, Q, D).
            obj_states (Tensor): Object states, shape (L, B, Q, D).
            interaction_features (Tensor): Shape (L', B, Q, C).
            clip_feature (Tensor, optional): Global image feature of CLIP, not
                normalised, shape (B, E).
            seen_only (bool): Interaction logits of the T training classes
                instead of all. Defaults to False.

        Returns:
            dict: interaction_logits (L, B, Q, T or all), obj_logits
            (L, B, Q, O + 1), sub_bboxes and obj_bboxes (L, B, Q, 4)
            normalised cxcywh, interaction_features (L, B, Q, E) and, with a
            clip_feature, that and clip_logits (B, H): cosines of the image to
            every HOI text.
        """
        if len(interaction_features) == 1:
            interaction_features = interaction_features.expand(
                len(sub_states), -1, -1, -1)
        layers = min(len(interaction_features), len(sub_states))
        sub_states, obj_states = sub_states[-layers:], obj_states[-layers:]
        classifier = self.interaction_classifier
        features = classifier.embed(interaction_features[-layers:])
        outputs = dict(
            interaction_logits=classifier(features, seen_only),
            obj_logits=self.obj_classifier(obj_states),
            sub_bboxes=self.sub_reg(sub_states).sigmoid(),
            obj_bboxes=self.obj_reg(obj_states).sigmoid(),
            interaction_features=features)
        if clip_feature is not None:
            outputs['clip_feature'] = clip_feature
            outputs['clip_logits'] = classifier.image_logits(clip_feature)
        return outputs

    @float32_forward
    def loss(self, batch_data_samples: SampleList,
             **features: Optional[Tensor]) -> Dict[str, Tensor]:
        """Losses of a batch.

        Args:
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.
            **features (Tensor): As in `forward`.

        Returns:
            dict: As of `loss_by_feat`.
        """
        outputs = self(**features, seen_only=True)
        return self.loss_by_feat(outputs, batch_data_samples)

    def loss_by_feat(self, outputs: Dict[str, Tensor],
                     batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """Losses of all layers, each with its own matching.

        Args:
            outputs (dict): What `forward(seen_only=True)` returns.
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.

        Returns:
            dict: loss_hoi, loss_obj, loss_sub_bbox, loss_obj_bbox,
            loss_sub_iou, loss_obj_iou of the last layer, loss_{name} of each
            auxiliary loss and, with the prefix `d{i}.`, those of the layers
            before it.
        """
        layered = {name: outputs[name] for name in self.matched_by}
        targets = self.targets(layered, batch_data_samples)
        last = len(targets) - 1
        prefixes = ['' if i == last else f'd{i}.' for i in range(last + 1)]
        losses = {}
        for layer, layer_targets in enumerate(targets):
            single = {name: value[layer] for name, value in layered.items()}
            for name, value in self.loss_by_feat_single(single,
                                                        layer_targets).items():
                losses[prefixes[layer] + name] = value
        for name, auxiliary in self.auxiliary_losses.items():
            for prefix, value in zip(prefixes, auxiliary(outputs)):
                losses[f'{prefix}loss_{name}'] = value
        return losses

    def targets(self, outputs: Dict[str, Tensor],
                batch_data_samples: SampleList) -> List[Dict[str, Tensor]]:
        """`pair_targets` of the outputs `matched_by`."""
        return pair_targets(outputs, batch_data_samples, self.assigner,
                            self.interaction_classifier)

    def loss_by_feat_single(self, outputs: Dict[str, Tensor],
                            targets: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Losses of one layer.

        Args:
            outputs (dict): interaction_logits (B, Q, T), obj_logits
                (B, Q, O + 1), sub_bboxes, obj_bboxes (B, Q, 4) normalised
                cxcywh.
            targets (dict): The layer's entry of `pair_targets`.

        Returns:
            dict: The losses named in `loss_by_feat`, without prefix.
        """
        return dict(
            loss_hoi=self.loss_of_interactions(outputs, targets),
            loss_obj=self.loss_of_objects(outputs, targets),
            **box_losses(self.loss_bbox, self.loss_iou, outputs, targets,
                         self._avg_factor))

    def loss_of_interactions(self, outputs: Dict[str, Tensor],
                             targets: Dict[str, Tensor]) -> Tensor:
        """`loss_hoi` of one layer; arguments as of `loss_by_feat_single`."""
        labels = targets['interaction_labels']
        return self.loss_hoi(
            outputs['interaction_logits'],
            labels,
            # Without any label there is nothing to divide by.
            avg_factor=self._avg_factor(labels.sum()) or 1.0)

    def loss_of_objects(self, outputs: Dict[str, Tensor],
                        targets: Dict[str, Tensor]) -> Tensor:
        """`loss_obj` of one layer; arguments as of `loss_by_feat_single`."""
        return object_loss(self.loss_obj, outputs['obj_logits'],
                           targets['obj_labels'], self._avg_factor)

    def _avg_factor(self, count: Tensor) -> float:
        """A count of this process or, if so configured, of a mean one."""
        if self.sync_avg_factor:
            count = reduce_mean(count.float())
        return count.item()

    def predict(self,
                batch_data_samples: SampleList,
                rescale: bool = True,
                **features: Optional[Tensor]) -> List[InstanceData]:
        """Predicted pairs of a batch.

        Args:
            batch_data_samples (list[HOIDataSample]): With the image sizes.
            rescale (bool): Original-image instead of input-image pixels.
                Defaults to True.
            **features (Tensor): As in `forward`.

        Returns:
            list[InstanceData]: As of :class:`PairSelector`, per image.
        """
        return self.predict_by_feat(
            self.last_outputs(**features), batch_data_samples, rescale)

    def last_outputs(self, sub_states: Tensor, obj_states: Tensor,
                     interaction_features: Tensor,
                     **kwargs: Optional[Tensor]) -> Dict[str, Tensor]:
        """What `forward` returns, of the last layer: only that predicts."""
        return self(sub_states[-1:], obj_states[-1:],
                    interaction_features[-1:], **kwargs)

    def combinations(self, outputs: Dict[str, Tensor]) -> CombinationScores:
        """Score all combinations of the last layer: tensors in, tensors out.

        Args:
            outputs (dict): What `forward` returns.

        Returns:
            CombinationScores: Tables of shape (B, Q, H).

        Raises:
            ValueError: If the training-free enhancement has no image.
        """
        bonus = 0.0
        enhancement = self.test_cfg.get('training_free_enhancement')
        if enhancement is not None:
            if 'clip_logits' not in outputs:
                raise ValueError(
                    'test_cfg.training_free_enhancement needs what CLIP sees, '
                    'but the inputs have no clip_img; add the transform '
                    'CLIPView to the pipeline')
            bonus = training_free_scores(outputs['clip_logits'],
                                         **enhancement).unsqueeze(1)
        scores = object_scores(outputs['obj_logits'][-1],
                               self.test_cfg.get('obj_score', 'sigmoid'))
        return self.interaction_classifier.score(
            outputs['interaction_logits'][-1], scores[..., :-1], bonus)

    def predict_by_feat(self,
                        outputs: Dict[str, Tensor],
                        batch_data_samples: SampleList,
                        rescale: bool = True) -> List[InstanceData]:
        """Turn the last layer's outputs into predictions.

        Args:
            outputs (dict): What `forward` returns.
            batch_data_samples (list[HOIDataSample]): With the image sizes.
            rescale (bool): Original-image instead of input-image pixels.

        Returns:
            list[InstanceData]: As of :class:`PairSelector`, per image.
        """
        combinations = self.combinations(outputs)
        sub_bboxes, obj_bboxes = (
            bbox_cxcywh_to_xyxy(outputs[name][-1])
            for name in ('sub_bboxes', 'obj_bboxes'))
        top_obj_labels = outputs['obj_logits'][-1, ..., :-1].argmax(-1)
        results = []
        for i, sample in enumerate(batch_data_samples):
            shape = sample.ori_shape if rescale else sample.img_shape
            scale = box_scale(shape, sub_bboxes)
            results.append(
                self.select(
                    CombinationScores(*(table[i] for table in combinations)),
                    self.interaction_classifier.hoi_verbs,
                    sub_bboxes[i] * scale, obj_bboxes[i] * scale,
                    top_obj_labels[i]))
        return results
