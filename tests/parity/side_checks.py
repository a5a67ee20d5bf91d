# Copyright (c) mmhoi contributors.
"""Training-free enhancement and verb embeddings against official results."""
from typing import Any, Dict, List, Tuple

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from mmhoi.models.heads.training_free_enhancement import training_free_scores
from mmhoi.models.vision_language.verb_embeddings import (
    RegionSums, arithmetic_verb_embeddings)
from .report import Report

SCORES = 1e-6
VERBS = 1e-5
#: Of sums of some hundred features.
ROUNDING = 1e-2
#: The official code keeps this many classes whatever it is asked for.
OFFICIAL_TOPK = 10


def check_enhancement(report: Report, content: Dict[str, Any]) -> None:
    """Compare HOI scores after the training-free enhancement.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `enhancement`.
    """
    cosines, before = content['cls_scores'], content['hoi_scores_before']
    for group, fixed in (('official', OFFICIAL_TOPK), ('intended', None)):
        results = content[f'{group}_hoi_scores_after_topk']
        for topk, after in results.items():
            bonus = training_free_scores(
                cosines, topk=fixed or int(topk), mode='sigmoid')
            report.near(f'{group} HOI scores with topk={topk}',
                        before + bonus[:, None], after, SCORES)
    report.note('log, final_scores_equal_unenhanced',
                'about crashes of the official evaluation')


def check_verbs(report: Report, content: Dict[str, Any]) -> None:
    """Compare embeddings of visual semantic arithmetic.

    Args:
        report (Report): Takes the comparisons.
        content (dict): A golden file of the kind `verbs`.
    """
    images = _images(content)
    verbs = np.array(content['hoi_to_verb'])
    objects = np.array(content['hoi_to_obj'])
    for group, once in (('intended', False), ('official', True)):
        theirs = content[f'{group}_verb_117x512']
        if once:
            images = _with_official_order(report, images, content)
        sums = _sums(images, len(verbs),
                     len(content['official_obj_feature_sum']), once)
        ours = arithmetic_verb_embeddings(sums, verbs, objects, len(theirs))
        report.near(f'{group} verb embeddings', ours, theirs, VERBS)
    theirs = content['official_obj_feature_sum']
    report.near('official sums of object features', sums.objects, theirs,
                VERBS * theirs.abs().max().item())


def _images(content: Dict[str, Any]) -> List[Tuple[Tensor, ...]]:
    """HOIs, objects, human, object and union features of every image."""
    sizes = [len(hois) for hois in content['per_image_hoi_ids']]
    feats = [
        content[f'feat_{part}_f16'].float().split(sizes)
        for part in ('human', 'object', 'union')
    ]
    objects = torch.as_tensor(content['hoi_to_obj'])
    hois = content['per_image_hoi_ids']
    return list(zip(hois, [objects[ids] for ids in hois], *feats))


def _sums(images: List[Tuple[Tensor, ...]], num_hois: int, num_objects: int,
          once: bool) -> RegionSums:
    sums = RegionSums.zeros(num_hois, num_objects, images[0][2].shape[1], once)
    for image in images:
        sums.add_image(*image)
    return sums


def _with_official_order(report: Report, images: List[Tuple[Tensor, ...]],
                         content: Dict[str, Any]) -> List[Tuple]:
    """Put last in every image the row that the official code kept.

    Of a class that an image repeats it keeps one row: the last, or another
    if its threads were in another order. The stored sums of object features
    tell which.
    """
    theirs = content['official_obj_feature_sum'].double()
    sums = _sums(images, len(content['hoi_to_verb']), len(theirs), True)
    rest = theirs - sums.objects.double()
    ordered, changed = list(images), 0
    for i, image in enumerate(tqdm(images, desc='lost races', leave=False)):
        objects, feats = image[1], image[3].double()
        for kind in objects.unique():
            rows = (objects == kind).nonzero().flatten()
            last = rows[-1]
            moves = feats[rows] - feats[last]
            left = (rest[kind] - moves).norm(dim=1)
            best = left.argmin()
            # Where the last row was kept, only rounding is left.
            if left[-1] < ROUNDING or left[best] > 0.5 * left[-1]:
                continue
            pair = torch.stack([rows[best], last])
            order = torch.arange(len(objects))
            order[pair] = pair.flip(0)
            ordered[i] = tuple(part[order] for part in ordered[i])
            rest[kind] -= moves[best]
            changed += 1
    report.note(
        'order of rows', f'in {changed} images the official code kept another '
        'row of a repeated class than the last: a race of its threads')
    return ordered
