# Copyright (c) mmhoi contributors.
"""ConsNet's parts against outputs of the official implementation."""
from pathlib import Path

import pytest
import torch
from consnet_golden import (FOLDER, SPACE, error, golden_head,
                            golden_proposals, golden_rows, official_name, read)
from mmengine.structures import InstanceData

from mmhoi.models.heads.consnet import (ClassMeans, NodeWords,
                                        annotation_features, box_pair_layout,
                                        consistency_edges)
from mmhoi.models.layers import soft_pair_nms
from mmhoi.models.task_modules.assigners import PairIoUAssigner
from mmhoi.registry import TASK_UTILS
from mmhoi.structures import HOIDataSample

SHARED = Path(__file__).parents[5] / 'shared' / 'golden' / 'two_stage'
#: Besides the files of the tests, those that lie beside the repository.
FOLDERS = [FOLDER, *([SHARED] if SHARED.is_dir() else [])]


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


@pytest.mark.parametrize('mode', ['eval', 'train'])
def test_network(folder, mode):
    content = read('core', folder)
    head = golden_head(content).train(mode == 'train')
    official = content[mode]
    rows = golden_rows(content)
    names = dict(human='h', object='o', action='a', triplet='t')
    words = head.graph()
    for (name, letter), ours in zip(
            names.items(), (words.human, words.object, words.verb, words.hoi)):
        assert error(ours, official['sem_emb'][f'{letter}_emb']) < 2e-5
        # Running statistics count once.
        if mode == 'eval':
            look = head.streams[name](rows)[0]
            assert error(look, official['vis_emb'][f'{letter}_emb']) < 2e-5
    head = golden_head(content).train(mode == 'train')
    logits = head.logits(rows)
    assert error(logits['hoi'], official['cls_scores']) < 1e-4
    assert error(logits['indicator'], official['ind_scores']) < 1e-4
    confidences = head.score.confidences(golden_proposals(content))
    assert error(confidences, official['conf']) < 1e-6
    for name, buffer in head.state_dict().items():
        if mode == 'train' and 'running' in name:
            after = official['running_after'].get(official_name(name), buffer)
            assert error(buffer, after) < 1e-5


@pytest.mark.parametrize('split, name', [(None, 'cls_loss'),
                                         ('uc0', 'cls_loss_uc0'),
                                         ('uo', 'cls_loss_uo')])
def test_losses(folder, split, name):
    content = read('core', folder)
    head = golden_head(content, split).train()
    data, official = content['inputs'], content['train']
    losses = head.losses(
        head.logits(golden_rows(content)), data['hoi_idx'],
        data['indicator'][:, 0] == 1,
        head.score.confidences(golden_proposals(content)))
    assert losses['loss_hoi'].item() == pytest.approx(
        official[name].item(), rel=1e-5)
    assert losses['loss_indicator'].item() == pytest.approx(
        official['ind_loss'].item(), rel=1e-5)
    if split is None:
        check_gradients(head, sum(losses.values()), official)


def check_gradients(head, loss, official):
    loss.backward()
    compared = 0
    for name, weight in head.named_parameters():
        official_norm = official['grad_norms'][official_name(name)]
        assert weight.grad.norm().item() == pytest.approx(
            official_norm, rel=1e-3, abs=1e-5)
        small = official['grad_small'].get(official_name(name))
        if small is not None:
            assert error(weight.grad.view_as(small), small) < 1e-4
        compared += 1
    assert compared == len(official['grad_norms'])


def test_scores(folder):
    content = read('core', folder)
    head = golden_head(content).eval()
    rows = golden_rows(content)
    with torch.no_grad():
        probs = head.probabilities(head.logits(rows))
    scores = head.score(probs, golden_proposals(content)).scores
    det = content['eval']['det']
    kept = probs.any(1)
    assert error(scores[kept], det[:, 9:]) < 1e-6
    assert rows.sub_boxes[kept].equal(det[:, 1:5])


@pytest.mark.parametrize('flavour', ['official', 'intended'])
def test_edges(folder, flavour):
    graph = read('graph', folder)
    means = ClassMeans(SPACE)
    for split in ('train', 'test'):
        rows = graph[f'anno_{split}'].long()
        for image, feats in enumerate(graph[f'features_{split}'], 1):
            hois = rows[rows[:, 0] == image, 1]
            count = len(hois)
            looks = annotation_features(feats[:count], feats[count:2 * count],
                                        flavour == 'official')
            means.add(*looks, hois)
    words = NodeWords(*graph['nodes'].split([600, 1, 117, 80]))
    edges = consistency_edges(SPACE, words, means.means())
    ours = set(map(tuple, edges.triu().nonzero().tolist()))
    assert ours == set(map(tuple, graph[f'edges_{flavour}'].tolist()))


def detections(image):
    return InstanceData(
        bboxes=image['det_boxes'],
        labels=image['det_is_object'].long(),
        scores=image['det_scores'],
        index=torch.arange(len(image['det_boxes'])))


def proposer(cfg):
    unlimited = {-1: None}
    return dict(
        type='DetectionPairs',
        sub_score_thr=cfg['score_thr']['hum'],
        obj_score_thr=cfg['score_thr']['obj'],
        max_subs=unlimited.get(cfg['max_per_img']['hum'],
                               cfg['max_per_img']['hum']),
        max_objs=unlimited.get(cfg['max_per_img']['obj'],
                               cfg['max_per_img']['obj']),
        max_humans_as_objs=unlimited.get(cfg['max_h_as_o'], cfg['max_h_as_o']),
        with_itself=True)


def test_pairs_of_a_test_image(folder):
    content = read('pairs', folder)
    image, cfg = content['test'], content['build_cfg']['test']
    chosen, proposals = TASK_UTILS.build(proposer(cfg))(detections(image))
    ours = zip(chosen.index[proposals.sub_inds].tolist(),
               chosen.index[proposals.obj_inds].tolist())
    # Positives come first there.
    official = image['out']['pos']
    assert sorted(ours) == sorted(
        zip(official['sub_det'].tolist(), official['obj_det'].tolist()))


def test_pairs_of_a_training_image(folder):
    content = read('pairs', folder)
    image, cfg = content['train'], content['build_cfg']['train']
    gt_boxes = image['anno'][:, 2:]
    sample = HOIDataSample()
    sample.gt_hoi_instances = InstanceData(
        sub_bboxes=gt_boxes[:, :4],
        obj_bboxes=gt_boxes[:, 4:],
        obj_labels=torch.ones(len(gt_boxes), dtype=torch.long),
        hoi_labels=torch.eye(600)[image['anno'][:, 1].long()])
    sampler = TASK_UTILS.build(
        dict(
            type='IoUPairSampler',
            pairs=proposer(cfg),
            pos_iou_thr=cfg['iou_thr']['pos'],
            neg_iou_thr=cfg['iou_thr']['neg'],
            max_negatives=cfg['neg_pos_ub']))
    _, pairs = sampler(detections(image), sample)
    official, num_gt = image['out'], len(gt_boxes)
    positive = pairs.gt_inds >= 0
    num_positive = int(positive.sum())
    assert positive[:num_positive].all()
    for name, rows in dict(sub=pairs.sub_inds, obj=pairs.obj_inds).items():
        pos, neg = (official[kind][f'{name}_det'] for kind in ('pos', 'neg'))
        assert rows[:num_positive - num_gt].tolist() == pos[:-num_gt].tolist()
        assert rows[num_positive:].tolist() == neg.tolist()
    boxes = torch.cat(
        [pairs.boxes[pairs.sub_inds], pairs.boxes[pairs.obj_inds]], 1)
    assert boxes[positive].equal(official['pos']['boxes'])
    labels = PairIoUAssigner(0.5).assign(pairs, sample.gt_hoi_instances,
                                         sample.gt_hoi_instances.hoi_labels)
    assert sorted(map(tuple,
                      labels.nonzero().tolist())) == sorted(
                          set(map(tuple, official['pos']['labels'].tolist())))


def test_soft_nms(folder):
    nms = read('pairs', folder)['nms']
    official = nms['linear']
    for image in nms['bboxes'][:, 0].unique():
        rows = nms['bboxes'][:, 0] == image
        boxes = nms['bboxes'][rows, 1:]
        scores = soft_pair_nms(boxes[:, :4], boxes[:, 4:],
                               nms['scores'][rows].view(-1, 1))[:, 0]
        kept = scores[scores.isfinite()].sort(descending=True).values
        theirs = official[official[:, 0] == image, -1]
        assert kept.tolist() == pytest.approx(theirs.tolist(), abs=1e-6)


def test_layout(folder):
    layout = read('pairs', folder)['layout']
    pairs = layout['pairs']
    ours = box_pair_layout(pairs[:, :4], pairs[:, 4:])
    assert error(ours, layout['layout']) < 1e-7
