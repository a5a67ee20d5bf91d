# Copyright (c) mmhoi contributors.
"""What can be done with the objects of a data set, told by a trained model."""
from typing import Iterator, NamedTuple, Tuple

import numpy as np
import torch
from mmengine.structures import InstanceData
from torch import Tensor
from torch.utils.data import DataLoader

from mmhoi.label_spaces import LabelSpace
from mmhoi.models.detectors import HOIDetector, TwoStageHOIDetector
from mmhoi.models.heads.pair_streams import (PairRows, PairStream, VerbBank,
                                             affordances, pair_crops,
                                             pair_rows)
from mmhoi.structures import HOIDataSample, PairProposals
from mmhoi.utils.progress import tqdm
from mmhoi.utils.setup_error import SetupError

NO_VERB = 'no_interaction'


class AffordanceResults(NamedTuple):
    """What was told of N objects: V verbs.

    Attributes:
        probabilities (np.ndarray): Of each verb, shape (N, V).
        labels (np.ndarray): Class of each object, int64, shape (N, ).
        average_precision (float): Mean over the objects, of verbs ranked by
            probability against those that the label space has with the
            object, in per cent.
        chance (float): The same for verbs in random order.
    """
    probabilities: np.ndarray
    labels: np.ndarray
    average_precision: float
    chance: float


def affordance_stream(model: HOIDetector) -> PairStream:
    """The stream of a model that is asked for affordances.

    Args:
        model (HOIDetector): The model.

    Returns:
        PairStream: What classifies verbs and objects of different images.

    Raises:
        SetupError: If there is none.
    """
    head = model.hoi_head
    streams = getattr(head, 'streams', {})
    name = getattr(head, 'composed_stream', None)
    if name not in streams or 'obj' not in streams[name].inputs:
        raise SetupError(
            f'{type(head).__name__} has no stream that could be asked for '
            'affordances, one that tells HOIs by features of verbs and '
            'objects; models of configs/vcl, configs/atl and configs/fcl have')
    return streams[name]


@torch.no_grad()
def annotated_rows(
        model: TwoStageHOIDetector, loader: DataLoader,
        description: str) -> Iterator[Tuple[PairRows, Tensor, Tensor, Tensor]]:
    """Features of the annotated pairs and boxes of a data set.

    Args:
        model (TwoStageHOIDetector): With a `PairStreamHead`.
        loader (DataLoader): Annotations in pixels of the input image.
        description (str): Of the progress bar.

    Yields:
        tuple[PairRows, Tensor, Tensor, Tensor]: Of each image the P pairs,
        their verbs (P, V), object features (N, C) and classes (N, ) of the
        boxes.
    """
    with tqdm(loader, description, unit=' batches') as batches:
        for batch in batches:
            data = model.data_preprocessor(batch)
            samples = data['data_samples']
            boxes = [_annotated(sample) for sample in samples]
            maps = model.feature_maps(data['inputs'], samples)
            chosen, proposals = zip(*boxes)
            tokens = model.instance_features(maps, list(chosen),
                                             list(proposals))
            sizes = torch.tensor([sample.img_shape[:2] for sample in samples])
            rows = pair_rows(tokens, proposals, sizes.to(maps.backbone[-1]))
            for part, sample, image, seen in zip(
                    rows.split([image.num_pairs for image in proposals]),
                    samples, proposals, tokens):
                rest = len(sample.gt_hoi_instances) * 2
                yield (part, sample.gt_hoi_instances.verb_labels,
                       pair_crops(seen, image).obj[rest:], image.labels[rest:])


def _annotated(sample: HOIDataSample) -> Tuple[InstanceData, PairProposals]:
    """Humans and objects of the pairs of an image, then its boxes."""
    pairs, boxes = sample.gt_hoi_instances, sample.gt_instances
    count = len(pairs)
    every = getattr(boxes.bboxes, 'tensor', boxes.bboxes)
    bboxes = torch.cat([pairs.sub_bboxes, pairs.obj_bboxes, every])
    labels = torch.cat(
        [torch.zeros_like(pairs.obj_labels), pairs.obj_labels, boxes.labels])
    rows = torch.arange(count, device=bboxes.device)
    scores = torch.ones_like(labels).to(bboxes)
    return InstanceData(
        bboxes=bboxes, labels=labels,
        scores=scores), PairProposals(bboxes, labels, scores, rows,
                                      rows + count)


def collect_verb_bank(model: TwoStageHOIDetector,
                      loader: DataLoader,
                      per_verb: int = 100) -> VerbBank:
    """Pairs of a training set, up to so many of each verb.

    Args:
        model (TwoStageHOIDetector): With a `PairStreamHead`.
        loader (DataLoader): Training images as they are.
        per_verb (int): Defaults to 100.

    Returns:
        VerbBank: The pairs.

    Raises:
        SetupError: If the model has no stream for it, or no pair a verb.
    """
    space = affordance_stream(model).label_space
    used = torch.tensor([name != NO_VERB for name in space.verbs])
    counts = torch.zeros(len(space.verbs))
    rows, verbs = [], []
    for part, labels, *_ in annotated_rows(model, loader, 'verbs'):
        labels = labels.cpu() * used
        wanted = []
        for i, row in enumerate(labels):
            if ((row > 0) & (counts < per_verb)).any():
                counts += row
                wanted.append(i)
        if wanted:
            rows.append(part.at(torch.tensor(wanted)))
            verbs.append(labels[wanted])
    if not rows:
        raise SetupError('no training pair has a verb other than '
                         f'{NO_VERB}: there is nothing to infer from')
    bank = PairRows.joined(rows)
    return VerbBank(bank, torch.cat(verbs).to(bank.obj))


def infer_affordances(model: TwoStageHOIDetector,
                      bank: VerbBank,
                      loader: DataLoader,
                      max_objects: int = 500) -> AffordanceResults:
    """Tell what can be done with the annotated objects of a data set.

    Args:
        model (TwoStageHOIDetector): With a `PairStreamHead` and a composed
            stream, such as VCL's, ATL's or FCL's.
        bank (VerbBank): Pairs with known verbs.
        loader (DataLoader): Images as they are.
        max_objects (int): The first ones. Defaults to 500.

    Returns:
        AffordanceResults: What was told, and how good it is.

    Raises:
        SetupError: If the model has no such stream, or no object is annotated.
    """
    stream = affordance_stream(model)
    features, labels, count = [], [], 0
    for _, _, objects, classes in annotated_rows(model, loader, 'objects'):
        others = classes != 0
        features.append(objects[others])
        labels.append(classes[others])
        count += int(others.sum())
        if count >= max_objects:
            break
    if not count:
        raise SetupError('no object is annotated in the images')
    objects = torch.cat(features)[:max_objects]
    with torch.no_grad():
        told = affordances(stream, bank, objects)
    labels = torch.cat(labels)[:max_objects].cpu().numpy()
    return AffordanceResults(
        told.cpu().numpy(), labels,
        *_precision(told.cpu().numpy(), labels, stream.label_space))


def _precision(told: np.ndarray, labels: np.ndarray,
               space: LabelSpace) -> Tuple[float, float]:
    """Mean average precision of verbs, and that of a random order."""
    possible = np.zeros((len(space.objects), len(space.verbs)), bool)
    evaluated = space.evaluated_hois
    possible[space.hoi_objects[evaluated], space.hoi_verbs[evaluated]] = True
    possible[:, [name == NO_VERB for name in space.verbs]] = False
    shown = possible[labels].any(1)
    rng = np.random.default_rng(0)
    return tuple(100 * float(
        np.mean([
            _average_precision(scores, possible[label])
            for scores, label in zip(table[shown], labels[shown])
        ])) for table in (told, rng.random(told.shape)))


def _average_precision(scores: np.ndarray, is_right: np.ndarray) -> float:
    """Mean precision at the right ones, in falling order of score."""
    right = is_right[np.argsort(-scores, kind='stable')]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].mean())
