# Copyright (c) mmhoi contributors.
"""Graphs of classes that look and are called alike."""
from typing import Iterator, Sequence, Tuple

import torch
from mmengine.structures import InstanceData
from torch import Tensor
from torch.utils.data import DataLoader

from mmhoi.models.detectors import TwoStageHOIDetector
from mmhoi.models.heads.consnet import (ClassMeans, ConsNetHead, NodeWords,
                                        annotation_features, consistency_edges)
from mmhoi.utils.progress import tqdm
from mmhoi.utils.setup_error import SetupError


def make_graph(model: TwoStageHOIDetector,
               loaders: Sequence[DataLoader],
               published: bool = False) -> Tensor:
    """Link the classes of a model by what they look like, and by their words.

    A class without any annotation is linked by its words alone.

    Args:
        model (TwoStageHOIDetector): With a `ConsNetHead` and
            `RoIInstanceFeatures`.
        loaders (Sequence[DataLoader]): Annotated images, in pixels of the
            input image.
        published (bool): Whether to repeat the slip of the authors' code, see
            :func:`annotation_features`. Defaults to False.

    Returns:
        Tensor: Which nodes are neighbours, bool, shape (N, N).

    Raises:
        SetupError: If the model is no ConsNet, or nothing is annotated.
    """
    head = model.hoi_head
    if not isinstance(head, ConsNetHead):
        raise SetupError(f'{type(head).__name__} has no graph; models of '
                         'configs/consnet have')
    if not hasattr(model.instance_features, 'pool'):
        raise SetupError(
            'a graph needs what the detector sees in annotated boxes: '
            'instance_features=RoIInstanceFeatures; this model has '
            f'{type(model.instance_features).__name__}')
    means = ClassMeans(head.label_space)
    for loader in loaders:
        for subs, objs, hois in _looks(model, loader):
            # Each HOI of a pair is an annotation.
            pairs, classes = hois.nonzero(as_tuple=True)
            means.add(
                *annotation_features(subs[pairs], objs[pairs], published),
                classes)
    looks = means.means()
    if not any(known.any() for _, known in looks.values()):
        raise SetupError('no pair is annotated in the images')
    graph = head.graph
    words = NodeWords(graph.hoi_words, graph.human_words, graph.verb_words,
                      graph.object_words)
    return consistency_edges(head.label_space,
                             NodeWords(*(table.cpu() for table in words)),
                             looks)


@torch.no_grad()
def _looks(model: TwoStageHOIDetector,
           loader: DataLoader) -> Iterator[Tuple[Tensor, Tensor, Tensor]]:
    """Features of humans and objects of each image, and the pairs' HOIs."""
    with tqdm(loader, 'looks', unit=' batches') as batches:
        for batch in batches:
            data = model.data_preprocessor(batch)
            samples = data['data_samples']
            pairs = [sample.gt_hoi_instances for sample in samples]
            boxes = [
                InstanceData(
                    bboxes=torch.cat([image.sub_bboxes, image.obj_bboxes]))
                for image in pairs
            ]
            maps = model.feature_maps(data['inputs'], samples)
            features = model.instance_features.pool(maps, boxes).cpu()
            for image, rows in zip(pairs,
                                   features.split(list(map(len, boxes)))):
                yield (rows[:len(image)], rows[len(image):],
                       image.hoi_labels.cpu())
