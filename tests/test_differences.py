# Copyright (c) mmhoi contributors.
"""Claims of docs/en/notes/differences.md that no other test shows."""
import inspect
from pathlib import Path

import numpy as np
import pytest
import torch
from test_models.test_detectors.test_query_pairs import make_batch
from tiny_configs import read_config

from mmhoi.datasets import HOIDataset
from mmhoi.evaluation.metrics import HICODetMetric
from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads import ConsNetHead, PairHead
from mmhoi.models.heads.cdn import CDNHead, ClassReweighting
from mmhoi.models.heads.consnet import ConsistencyGraph
from mmhoi.models.heads.pvic import PViCHead
from mmhoi.models.heads.training_free_enhancement import training_free_scores
from mmhoi.models.heads.upt import UPTHead
from mmhoi.models.layers import CLIPInteractionDecoder
from mmhoi.models.losses import InteractionFocalLoss, PriorFocalLoss
from mmhoi.models.proposals import (DetectionPairs, InstanceSelector,
                                    IoUPairSampler, JitterPairSampler)
from mmhoi.models.task_modules import HOIIoUCost
from mmhoi.models.vision_language import (CLIPVerbClassifier,
                                          TextEmbeddingClassifier)
from mmhoi.models.vision_language.verb_embeddings import RegionSums
from mmhoi.registry import MODELS

PAGE = Path(__file__).parents[1] / 'docs' / 'en' / 'notes' / 'differences.md'
SWITCHES = [
    (HOIDataset, 'bbox_origin'),
    (HOIDataset, 'fraction'),
    (HOIDataset, 'fraction_seed'),
    (HOIDataset, 'zero_shot_split'),
    (PairHead, 'auxiliary_losses'),
    (PairHead, 'sync_avg_factor'),
    (PairHead, 'zero_shot_split'),
    (TextEmbeddingClassifier, 'bias'),
    (TextEmbeddingClassifier, 'fixed_eval'),
    (TextEmbeddingClassifier, 'frozen'),
    (CLIPVerbClassifier, 'official_vcoco_table'),
    (CLIPVerbClassifier, 'strict'),
    (RegionSums, 'once_per_image'),
    (CLIPInteractionDecoder, 'mask_padding'),
    (HOIIoUCost, 'absent_object'),
    (InteractionFocalLoss, 'min_prob'),
    (CDNHead, 'query_nms'),
    (CDNHead, 'rank_by_matching'),
    (ClassReweighting, 'counts'),
    (ClassReweighting, 'weights_per_layer'),
    (PriorFocalLoss, 'clamp_num_pos'),
    (UPTHead, 'masked_pooling'),
    (PViCHead, 'num_unary_heads'),
    (ConsNetHead, 'negatives'),
    (InstanceSelector, 'clip'),
    (IoUPairSampler, 'spare_withheld'),
    (JitterPairSampler, 'spare_withheld'),
    (ConsistencyGraph, 'strict'),
    (ConsistencyGraph, 'word_file'),
    (DetectionPairs, 'with_itself'),
    (HOIDataset, 'max_instances'),
    (training_free_scores, 'mode'),
    (training_free_scores, 'topk'),
    (HICODetMetric, 'recall_grid'),
    (HICODetMetric, 'zero_shot_split'),
]


@pytest.mark.parametrize('owner, name', SWITCHES)
def test_switch_exists(owner, name):
    assert name in PAGE.read_text()
    assert name in inspect.signature(owner).parameters


def build_mini(**options):
    cfg = read_config('hoiclip/hoiclip_mini_synhico.py')
    cfg.merge_from_dict(dict(model=options))
    torch.manual_seed(0)
    return MODELS.build(cfg.model).eval()


@pytest.mark.parametrize('name', ['hico_det', 'vcoco'])
def test_every_hoi_has_its_verb(name):
    space = load_label_space(name)
    table = space.verb_to_hoi()
    assert (table.sum(0) == 1).all()
    np.testing.assert_array_equal(table.argmax(0), space.hoi_verbs)


def test_mimic_loss_with_hoiclip():
    mimic = dict(type='MimicLoss', loss_weight=20.0)
    model = build_mini(bbox_head=dict(auxiliary_losses=dict(mimic=mimic)))
    losses = model.loss(*make_batch(1, 1))
    assert losses['loss_mimic'] > 0 and losses['d0.loss_mimic'] > 0


@pytest.mark.parametrize('instance, interaction, supervised', [
    (3, 3, 3),
    (3, 1, 3),
    (3, 2, 2),
    (2, 3, 2),
])
def test_decoders_of_other_depths(instance, interaction, supervised):
    model = build_mini(
        decoder=dict(num_layers=instance),
        interaction_decoder=dict(num_layers=interaction))
    losses = model.loss(*make_batch(1, 1))
    assert len(losses) == 6 * supervised


@pytest.mark.parametrize('frozen', [(True, False), (False, True)])
def test_each_classifier_is_frozen_by_its_own_switch(frozen):
    head = build_mini(
        bbox_head=dict(
            obj_classifier=dict(frozen=frozen[0]),
            interaction_classifier=dict(frozen=frozen[1]))).bbox_head
    objects = head.obj_classifier.texts
    hois = head.interaction_classifier.texts
    assert objects.weight.requires_grad != frozen[0]
    assert hois.weight.requires_grad != frozen[1]
    assert hois.logit_scale.requires_grad


def test_clip_projection_is_that_of_the_checkpoint():
    model, other = build_mini(), build_mini()
    proj = model.clip_visual.proj + 1.0
    other.load_state_dict({
        **model.state_dict(), 'clip_visual.visual.proj': proj
    })
    assert torch.equal(other.clip_visual.proj, proj)


def test_boxes_are_not_clipped():
    head = build_mini().bbox_head
    outputs = dict(
        interaction_logits=torch.zeros(1, 1, 1, 600),
        obj_logits=torch.zeros(1, 1, 1, 81),
        sub_bboxes=torch.tensor([[[[0.1, 0.5, 0.4, 0.2]]]]),
        obj_bboxes=torch.tensor([[[[0.9, 0.5, 0.4, 0.2]]]]))
    _, samples = make_batch(1)
    width = samples[0].ori_shape[1]
    pred, = head.predict_by_feat(outputs, samples)
    assert pred.sub_bboxes[0, 0].item() == pytest.approx(-0.1 * width)
    assert pred.obj_bboxes[0, 2].item() == pytest.approx(1.1 * width)
