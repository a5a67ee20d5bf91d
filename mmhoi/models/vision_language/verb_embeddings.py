# Copyright (c) mmhoi contributors.
"""Verb embeddings from CLIP features of training pairs, or from texts."""
from dataclasses import dataclass
from typing import Dict, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .clip_text import encode_texts


@dataclass
class RegionSums:
    """Sums of CLIP's features of the regions of training pairs.

    All that the embeddings need, whatever the number of images is. A pair
    with several HOIs counts for each of them.

    Symbols: H HOIs, O objects, E width of CLIP's joint space.

    Attributes:
        hois (Tensor): Features of the union regions, (H, E).
        objects (Tensor): Features of the object regions, (O, E); the mean
            human feature of each image is added to class 0, person.
        counts (Tensor): Number of pairs of each HOI, int64, (H, ).
        once_per_image (bool): Whether a class that occurs several times in an
            image counts once, with its last feature. The official code does
            so by mistake; with several threads, an earlier feature may win
            there. Defaults to False.
    """
    hois: Tensor
    objects: Tensor
    counts: Tensor
    once_per_image: bool = False

    @classmethod
    def zeros(cls,
              num_hois: int,
              num_objects: int,
              dims: int,
              once_per_image: bool = False) -> 'RegionSums':
        """Sums of no image, in float64."""
        return cls(
            torch.zeros(num_hois, dims, dtype=torch.float64),
            torch.zeros(num_objects, dims, dtype=torch.float64),
            torch.zeros(num_hois, dtype=torch.long), once_per_image)

    def add_image(self, hois: Tensor, objects: Tensor, sub_feats: Tensor,
                  obj_feats: Tensor, union_feats: Tensor) -> None:
        """Add the pairs of one image.

        Args:
            hois (Tensor): HOI of each of R rows, a row for each HOI of each
                pair, int64, (R, ).
            objects (Tensor): Object class of each row, int64, (R, ).
            sub_feats (Tensor): Features of the human regions, not
                normalised, (R, E).
            obj_feats (Tensor): Features of the object regions, (R, E).
            union_feats (Tensor): Features of the regions around both, (R, E).
        """
        if len(hois) == 0:
            return
        dtype = self.hois.dtype
        for sums, ids, feats in ((self.hois, hois, union_feats),
                                 (self.objects, objects, obj_feats)):
            rows = _last_rows(ids) if self.once_per_image else slice(None)
            sums.index_add_(0, ids[rows], feats[rows].to(dtype))
        self.objects[0] += sub_feats.to(dtype).mean(0)
        self.counts += torch.bincount(hois, minlength=len(self.counts))

    def state_dict(self) -> Dict[str, Tensor]:
        """dict[str, Tensor]: The sums, to go on later."""
        return dict(hois=self.hois, objects=self.objects, counts=self.counts)

    def load_state_dict(self, state: Dict[str, Tensor]) -> None:
        """Go on from sums of earlier images."""
        self.hois = state['hois']
        self.objects = state['objects']
        self.counts = state['counts']


def arithmetic_verb_embeddings(sums: RegionSums, hoi_verbs: np.ndarray,
                               hoi_objects: np.ndarray,
                               num_verbs: int) -> Tensor:
    """Visual semantic arithmetic (HOICLIP, section "Verb classification").

    What a HOI shows less what its object alone shows, averaged over the HOIs
    of a verb that have samples.

    Args:
        sums (RegionSums): Sums over the training pairs.
        hoi_verbs (np.ndarray): Verb of each HOI, (H, ).
        hoi_objects (np.ndarray): Object of each HOI, (H, ).
        num_verbs (int): V.

    Returns:
        Tensor: Unit rows, float32, (V, E); a row of zeros where a verb has
        no sample.

    Examples:
        >>> sums = RegionSums.zeros(num_hois=1, num_objects=2, dims=2)
        >>> sums.add_image(torch.tensor([0]), torch.tensor([1]),
        ...                torch.tensor([[9., 9.]]), torch.tensor([[2., 0.]]),
        ...                torch.tensor([[0.6, 0.8]]))
        >>> arithmetic_verb_embeddings(sums, np.array([0]), np.array([1]), 1)
        tensor([[-0.4472,  0.8944]])
    """
    hois = F.normalize(sums.hois, dim=1)
    objects = F.normalize(sums.objects, dim=1)
    return _mean_of_verbs(hois - objects[torch.from_numpy(hoi_objects)],
                          sums.counts, hoi_verbs, num_verbs)


def mean_verb_embeddings(sums: RegionSums, hoi_verbs: np.ndarray,
                         num_verbs: int) -> Tensor:
    """Mean of the HOI features of a verb, nothing subtracted.

    Args:
        sums (RegionSums): Sums over the training pairs.
        hoi_verbs (np.ndarray): Verb of each HOI, (H, ).
        num_verbs (int): V.

    Returns:
        Tensor: As `arithmetic_verb_embeddings`.
    """
    return _mean_of_verbs(
        F.normalize(sums.hois, dim=1), sums.counts, hoi_verbs, num_verbs)


def text_verb_embeddings(prompts: Sequence[str], clip: dict) -> Tensor:
    """Text embeddings of the verbs.

    Args:
        prompts (Sequence[str]): `LabelSpace.verb_prompts`.
        clip (dict): `model_name` and `pretrained` of :func:`load_open_clip`.

    Returns:
        Tensor: Unit rows, float32, (V, E).
    """
    return F.normalize(encode_texts(texts=prompts, **clip).float(), dim=1)


def _last_rows(ids: Tensor) -> Tensor:
    """The last row of each id, ascending."""
    last = {int(i): row for row, i in enumerate(ids)}
    return torch.tensor(sorted(last.values()))


def _mean_of_verbs(hoi_feats: Tensor, counts: Tensor, hoi_verbs: np.ndarray,
                   num_verbs: int) -> Tensor:
    """Normalised sum over the sampled HOIs of each verb, (V, E)."""
    sampled = counts > 0
    verbs = torch.from_numpy(hoi_verbs)[sampled]
    sums = hoi_feats.new_zeros(num_verbs, hoi_feats.shape[1])
    sums.index_add_(0, verbs, hoi_feats[sampled])
    return F.normalize(sums, dim=1).float()
