# Copyright (c) mmhoi contributors.
from typing import Dict, List, Optional

import torch
import torch.nn.functional as F
from mmdet.models.layers import MLP
from mmdet.structures.bbox import bbox_cxcywh_to_xyxy, bbox_xyxy_to_cxcywh
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig, reduce_mean
from mmengine.model import BaseModule
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.label_spaces import load_label_space, seen_hois
from mmhoi.registry import MODELS, TASK_UTILS
from mmhoi.structures import SampleList
from ..layers.pair_nms import pair_nms
from ..task_modules.assigners.hoi_match_cost import box_scale, has_object
from ..utils.float32_forward import float32_forward
from .mimic_losses import mimic_losses
from .object_loss import build_object_loss, object_loss
from .object_scores import hoi_object_scores
from .pair_targets import pair_targets
from .training_free_enhancement import training_free_scores


@MODELS.register_module()
class HOIHead(BaseModule):
    """Boxes, object classes and HOI classes of Q pairs; losses, predictions.

    HOI logits are the similarity of the HOI feature to the text embedding of
    each class plus `verb_weight` times the verb logit of the class (HOICLIP,
    sections "Verb classification" and "Training and inference"). GEN-VLKT has
    no verb branch, but projects its features to CLIP's space (`hoi_proj`) and
    pulls their mean towards CLIP's image feature (`loss_mimic`).

    Symbols: B images, Q queries, L layers, D detector width, E width of
    CLIP's joint space, P annotated pairs, O objects, V verbs, H HOIs, T HOIs
    that training sees (T = H unless zero-shot), K predictions.

    Args:
        embed_dims (int): Detector width D.
        clip (dict): `model_name` and `pretrained` of the CLIP model whose
            text embeddings initialise the classifiers. `HOIDetector` passes
            its own.
        clip_dims (int): Width E of CLIP's joint space.
        obj_classifier (dict): Config of the object classifier.
        hoi_classifier (dict): Config of the HOI classifier.
        verb_classifier (dict, optional): Config of the verb branch, or None.
        verb_weight (float): Weight of the verb branch. Defaults to 0.5.
        label_space (str): See `load_label_space`. Defaults to `hico_det`.
        zero_shot_split (str, optional): Split whose unseen HOIs are no
            classes in training. Defaults to None.
        loss_hoi (dict): Loss of HOI probabilities.
        loss_obj (dict): Loss of object logits, see `build_object_loss`.
        loss_bbox (dict): Loss of normalised cxcywh boxes.
        loss_iou (dict): Loss of xyxy boxes in pixels.
        hoi_proj (bool): Whether HOI features have width D and are projected
            to E here. Defaults to False.
        loss_mimic (dict, optional): Loss between the mean HOI feature of the
            queries and CLIP's image feature, both (B, E) and not normalised
            (GEN-VLKT, "Visual-linguistic knowledge transfer"), or None.
        sync_avg_factor (bool): Whether all losses are divided by counts
            averaged over processes, as those of human boxes are, so that N
            processes train as one with N times the batch, or those of HOIs,
            object classes and object boxes by the counts of each process
            (official). Defaults to False.
        train_cfg (dict, optional): `assigner`: config of the assigner.
        test_cfg (dict, optional): `obj_score` (`sigmoid` as the official
            code, or `softmax`), `max_per_img` (int), `pair_nms` (dict of
            `iou_thr`, `sub_power`, `obj_power`, or None) and
            `training_free_enhancement` (dict of `topk`, `mode`, or None).
        init_cfg (dict, optional): Initialisation config.

    Attributes:
        label_space (LabelSpace): Classes that the head is built for.
        clip (dict): The argument of that name.
        num_hois (int): Number H of HOIs that are predicted.
        hoi_objects (Tensor): Object class of each, `ANY_OBJECT` for one that
            fits every object, int64, shape (H, ).
        hoi_verbs (Tensor): Verb of each, int64, shape (H, ).

    Raises:
        ValueError: If the label space or the split is unknown.
    """

    def __init__(self,
                 embed_dims: int,
                 clip: ConfigType,
                 clip_dims: int,
                 obj_classifier: ConfigType,
                 hoi_classifier: ConfigType,
                 loss_hoi: ConfigType,
                 loss_obj: ConfigType,
                 loss_bbox: ConfigType,
                 loss_iou: ConfigType,
                 hoi_proj: bool = False,
                 loss_mimic: OptConfigType = None,
                 verb_classifier: OptConfigType = None,
                 verb_weight: float = 0.5,
                 label_space: str = 'hico_det',
                 zero_shot_split: Optional[str] = None,
                 sync_avg_factor: bool = False,
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None) -> None:
        super().__init__(init_cfg=init_cfg)
        space = load_label_space(label_space)
        self.label_space = space
        self.clip = clip
        self.num_hois = len(space.hois)
        self.test_cfg = test_cfg or {}
        self.verb_weight = verb_weight
        self.zero_shot_split = zero_shot_split
        self.sync_avg_factor = sync_avg_factor
        self.train_ids = None if zero_shot_split is None else torch.from_numpy(
            seen_hois(zero_shot_split, self.num_hois))
        # Plain tensors: tables of the label space, no weights.
        self.hoi_objects = torch.from_numpy(space.hoi_objects)
        self.hoi_verbs = torch.from_numpy(space.hoi_verbs)

        self.sub_reg = MLP(embed_dims, embed_dims, 4, 3)
        self.obj_reg = MLP(embed_dims, embed_dims, 4, 3)
        self.obj_proj = nn.Sequential(
            nn.Linear(embed_dims, clip_dims), nn.LayerNorm(clip_dims))
        self.hoi_proj = nn.Sequential(
            nn.Linear(embed_dims, clip_dims),
            nn.LayerNorm(clip_dims)) if hoi_proj else nn.Identity()
        self.obj_classifier = MODELS.build(
            dict(texts=space.object_prompts, clip=clip, **obj_classifier))
        hoi_texts = dict(
            texts=space.hoi_prompts, clip=clip, train_ids=self.train_ids)
        self.hoi_classifier = MODELS.build(dict(**hoi_texts, **hoi_classifier))
        self.verb_classifier = None
        if verb_classifier is not None:
            self.verb_classifier = MODELS.build(
                dict(
                    verb_to_hoi=space.verb_to_hoi(),
                    embed_dims=clip_dims,
                    label_space=label_space,
                    zero_shot_split=zero_shot_split,
                    **hoi_texts,
                    **verb_classifier))

        self.assigner = None
        if train_cfg is not None:
            self.assigner = TASK_UTILS.build(train_cfg['assigner'])
        self.loss_hoi = MODELS.build(loss_hoi)
        self.loss_obj = build_object_loss(loss_obj, len(space.object_prompts))
        self.loss_bbox = MODELS.build(loss_bbox)
        self.loss_iou = MODELS.build(loss_iou)
        self.loss_mimic = loss_mimic and MODELS.build(loss_mimic)

    @float32_forward
    def forward(self,
                sub_states: Tensor,
                obj_states: Tensor,
                hoi_features: Tensor,
                clip_feature: Optional[Tensor],
                use_train_classes: bool = False) -> Dict[str, Tensor]:
        """Raw outputs of every layer.

        The interaction decoder may have another number of layers than the
        instance decoder: a single layer serves all, otherwise the last ones
        of both are paired.

        Args:
            sub_states (Tensor): Human states, shape (L, B, Q, D).
            obj_states (Tensor): Object states, shape (L, B, Q, D).
            hoi_features (Tensor): HOI features, shape (L', B, Q, E), or D
                instead of E with `hoi_proj`.
            clip_feature (Tensor, optional): Global image feature, shape
                (B, E).
            use_train_classes (bool): HOI logits of the T training classes
                instead of all H. Defaults to False.

        Returns:
            dict: hoi_logits (L, B, Q, H or T), obj_logits (L, B, Q, O + 1),
            sub_bboxes and obj_bboxes (L, B, Q, 4) normalised cxcywh,
            hoi_features (L, B, Q, E) and, with a clip_feature, clip_logits
            (B, H): cosines of the image to every HOI text.
        """
        if len(hoi_features) == 1:
            hoi_features = hoi_features.expand(len(sub_states), -1, -1, -1)
        layers = min(len(hoi_features), len(sub_states))
        sub_states, obj_states = sub_states[-layers:], obj_states[-layers:]
        hoi_features = self.hoi_proj(hoi_features[-layers:])

        hoi_logits = self.hoi_classifier(hoi_features, use_train_classes)
        if self.verb_classifier is not None:
            _, verb_logits = self.verb_classifier(hoi_features,
                                                  self.hoi_classifier.scale,
                                                  use_train_classes)
            hoi_logits = hoi_logits + self.verb_weight * verb_logits
        outputs = dict(
            hoi_logits=hoi_logits,
            obj_logits=self.obj_classifier(self.obj_proj(obj_states)),
            sub_bboxes=self.sub_reg(sub_states).sigmoid(),
            obj_bboxes=self.obj_reg(obj_states).sigmoid(),
            hoi_features=hoi_features)
        if clip_feature is not None:
            outputs['clip_logits'] = F.linear(
                F.normalize(clip_feature, dim=-1), self.hoi_classifier.weight)
        return outputs

    @float32_forward
    def loss(self, sub_states: Tensor, obj_states: Tensor,
             hoi_features: Tensor, clip_feature: Optional[Tensor],
             batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """Losses of a batch; tensors as in `forward`."""
        outputs = self(
            sub_states,
            obj_states,
            hoi_features,
            clip_feature,
            use_train_classes=True)
        losses = self.loss_by_feat(outputs, batch_data_samples)
        if self.loss_mimic is not None:
            losses.update(
                mimic_losses(self.loss_mimic, outputs['hoi_features'],
                             clip_feature))
        return losses

    def loss_by_feat(self, outputs: Dict[str, Tensor],
                     batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """Losses of all layers, each with its own matching.

        Args:
            outputs (dict): What `forward(use_train_classes=True)` returns.
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.

        Returns:
            dict: loss_hoi, loss_obj, loss_sub_bbox, loss_obj_bbox,
            loss_sub_iou, loss_obj_iou of the last layer and, with the prefix
            `d{i}.`, of the layers before it.
        """
        names = 'hoi_logits', 'obj_logits', 'sub_bboxes', 'obj_bboxes'
        outputs = {name: outputs[name] for name in names}
        targets = pair_targets(outputs, batch_data_samples, self.assigner,
                               self.train_ids)
        last = len(targets) - 1
        losses = {}
        for layer, layer_targets in enumerate(targets):
            prefix = '' if layer == last else f'd{layer}.'
            single = {name: value[layer] for name, value in outputs.items()}
            for name, value in self.loss_by_feat_single(single,
                                                        layer_targets).items():
                losses[prefix + name] = value
        return losses

    def loss_by_feat_single(self, outputs: Dict[str, Tensor],
                            targets: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Losses of one layer.

        Args:
            outputs (dict): hoi_logits (B, Q, T), obj_logits (B, Q, O + 1),
                sub_bboxes, obj_bboxes (B, Q, 4) normalised cxcywh.
            targets (dict): The layer's entry of `pair_targets`.

        Returns:
            dict: The losses named in `loss_by_feat`, without prefix.
        """
        losses = dict(
            loss_hoi=self._hoi_loss(outputs['hoi_logits'], targets),
            loss_obj=object_loss(self.loss_obj, outputs['obj_logits'],
                                 targets['obj_labels'], self._avg_factor))

        num_pairs = targets['num_pairs']
        # Averaged over processes, as the official code does for human boxes.
        mean_pairs = reduce_mean(num_pairs).clamp(min=1).item()
        present = has_object(targets['obj_bboxes'])
        num_objects = self._avg_factor(present.sum()) + 1e-4
        groups = dict(
            sub=(torch.ones_like(present), mean_pairs),
            obj=(present, num_objects))
        for name, (keep, avg_factor) in groups.items():
            pred = outputs[f'{name}_bboxes'][targets['matched']][keep]
            target = targets[f'{name}_bboxes'][keep]
            scale = targets['scale'][keep]
            losses[f'loss_{name}_bbox'] = self.loss_bbox(
                pred,
                bbox_xyxy_to_cxcywh(target / scale),
                avg_factor=avg_factor)
            # In pixels: the epsilon of the IoU would matter on a unit square.
            losses[f'loss_{name}_iou'] = self.loss_iou(
                bbox_cxcywh_to_xyxy(pred) * scale,
                target,
                avg_factor=avg_factor)
        return losses

    def _avg_factor(self, count: Tensor) -> float:
        """A count of this process or, if so configured, of a mean one."""
        if self.sync_avg_factor:
            count = reduce_mean(count.float())
        return count.item()

    def _hoi_loss(self, hoi_logits: Tensor, targets: Dict[str,
                                                          Tensor]) -> Tensor:
        """Focal loss over all queries per positive label."""
        probs = hoi_logits.sigmoid().clamp(1e-4, 1 - 1e-4)
        labels = targets['hoi_labels']
        # Without any label there is nothing to divide by.
        num_labels = self._avg_factor(labels.sum()) or 1.0
        return self.loss_hoi(probs, labels, avg_factor=num_labels)

    def predict(self,
                sub_states: Tensor,
                obj_states: Tensor,
                hoi_features: Tensor,
                clip_feature: Optional[Tensor],
                batch_data_samples: SampleList,
                rescale: bool = True) -> List[InstanceData]:
        """Predicted pairs of a batch; tensors as in `forward`."""
        # Only the last layer predicts.
        outputs = self(sub_states[-1:], obj_states[-1:], hoi_features[-1:],
                       clip_feature)
        return self.predict_by_feat(outputs, batch_data_samples, rescale)

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
            list[InstanceData]: As `_predict_by_feat_single`, per image.
        """
        results = []
        for i, sample in enumerate(batch_data_samples):
            single = {
                name: value[-1, i]
                for name, value in outputs.items() if name != 'clip_logits'
            }
            if 'clip_logits' in outputs:
                single['clip_logits'] = outputs['clip_logits'][i]
            shape = sample.ori_shape if rescale else sample.img_shape
            results.append(self._predict_by_feat_single(single, shape))
        return results

    def _predict_by_feat_single(self, outputs: Dict[str, Tensor],
                                img_shape: tuple) -> InstanceData:
        """The best (query, HOI) combinations of one image.

        The score is the HOI probability plus the squared probability of the
        HOI's object.

        Args:
            outputs (dict): hoi_logits (Q, H), obj_logits (Q, O + 1),
                sub_bboxes, obj_bboxes (Q, 4) normalised cxcywh; with the
                training-free enhancement clip_logits (H, ), cosines of the
                image to the HOIs.
            img_shape (tuple): Height and width that boxes are scaled to.

        Returns:
            InstanceData: K predictions in descending order of score:
            sub_bboxes, obj_bboxes (K, 4) xyxy pixels, not clipped; labels,
            verb_labels, obj_labels (of the HOI), top_obj_labels (of the
            query), scores, obj_scores, query_inds (K, ).
        """
        hoi_scores = outputs['hoi_logits'].sigmoid()
        enhancement = self.test_cfg.get('training_free_enhancement')
        if enhancement is not None:
            if 'clip_logits' not in outputs:
                raise ValueError(
                    'test_cfg.training_free_enhancement needs what CLIP sees, '
                    'but the inputs have no clip_img; add the transform '
                    'CLIPView to the pipeline')
            hoi_scores = hoi_scores + training_free_scores(
                outputs['clip_logits'], **enhancement)
        hoi_objects = self.hoi_objects.to(hoi_scores.device)
        mode = self.test_cfg.get('obj_score', 'sigmoid')
        obj_scores, obj_labels = hoi_object_scores(outputs['obj_logits'],
                                                   hoi_objects, mode)
        scores, inds = (hoi_scores + obj_scores**2).flatten().topk(
            min(self.test_cfg.get('max_per_img', 100), hoi_scores.numel()))
        query_inds, labels = inds // self.num_hois, inds % self.num_hois

        scale = box_scale(img_shape, scores)
        results = InstanceData(
            sub_bboxes=bbox_cxcywh_to_xyxy(outputs['sub_bboxes'])[query_inds] *
            scale,
            obj_bboxes=bbox_cxcywh_to_xyxy(outputs['obj_bboxes'])[query_inds] *
            scale,
            labels=labels,
            verb_labels=self.hoi_verbs.to(labels.device)[labels],
            obj_labels=obj_labels.flatten()[inds],
            top_obj_labels=outputs['obj_logits'][:, :-1].argmax(1)[query_inds],
            scores=scores,
            obj_scores=obj_scores.flatten()[inds],
            query_inds=query_inds)
        nms_cfg = self.test_cfg.get('pair_nms')
        if nms_cfg is None:
            return results
        return results[pair_nms(results.sub_bboxes, results.obj_bboxes, scores,
                                labels, **nms_cfg)]
