# Copyright (c) mmhoi contributors.
from pathlib import Path
from typing import Iterator, Optional, Tuple

import torch
from torch import Tensor

from mmhoi.label_spaces import METAINFO_DIR, LabelSpace
from mmhoi.registry import TASK_UTILS
from mmhoi.utils.kinds import wrong_kind
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import parse_json


@TASK_UTILS.register_module()
class ClassFrequencyWeights:
    """Weights of HOI classes: the logarithm of how seldom they are.

    `log(S / n)` for a class with n training pairs of S, at least one each; as
    in VCL (https://arxiv.org/abs/2007.12407).

    Args:
        unseen (float, optional): Weight of the classes that a zero-shot split
            withholds. Defaults to None: as if they had one pair.
        counts_file (str, optional): A json with `extra_counts`: by HOI id the
            pairs besides the annotated ones, or the name of one that comes
            with mmhoi: `hico_det_mined_negatives.json`, what VCL's authors
            have mined. Defaults to None.
    """

    def __init__(self,
                 unseen: Optional[float] = None,
                 counts_file: Optional[str] = None) -> None:
        self.unseen = unseen
        self.counts_file = counts_file

    def __call__(self, label_space: LabelSpace,
                 zero_shot_split: Optional[str]) -> Tensor:
        """Weights of the classes of a label space.

        Args:
            label_space (LabelSpace): With its training counts.
            zero_shot_split (str, optional): What training does not see.

        Returns:
            Tensor: Shape (H, ).

        Raises:
            ValueError: If there are no counts.
            SetupError: If the file has none, or those of no HOI.

        Examples:
            >>> from mmhoi.label_spaces import load_label_space
            >>> ClassFrequencyWeights()(load_label_space('hico_det'), None)[:2]
            tensor([6.5069, 7.0924])
        """
        counts = torch.from_numpy(label_space.num_train).double()
        if not counts.any():
            raise ValueError(
                f'the label space {label_space.name} has no training counts, '
                'which ClassFrequencyWeights takes; leave `class_weights` out '
                'of interaction_head')
        if self.counts_file is not None:
            for hoi, count in _extra_counts(self.counts_file, label_space):
                counts[hoi] += count
        unseen = torch.from_numpy(label_space.unseen_hois(zero_shot_split))
        counts[unseen] = 0
        weights = (counts.sum() / counts.clamp(min=1)).log()
        if self.unseen is not None:
            weights[unseen] = self.unseen
        return weights.float()


def _extra_counts(file: str,
                  label_space: LabelSpace) -> Iterator[Tuple[int, int]]:
    """HOI ids and counts of a file."""
    path = Path(file) if Path(file).is_file() else METAINFO_DIR / file
    if not path.is_file():
        raise FileNotFoundError(
            f'ClassFrequencyWeights: counts_file="{file}" does not exist')
    num_hois = len(label_space.hoi_verbs)
    try:
        content = parse_json(path.read_bytes())
        problem = wrong_kind(content, {
            '': dict,
            'extra_counts': dict,
            'extra_counts.*': int
        })
        if problem is not None:
            raise ValueError(problem)
        counts = content['extra_counts']
        pairs = [(int(hoi), int(count)) for hoi, count in counts.items()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SetupError(
            f'ClassFrequencyWeights: counts_file="{file}" is no json with '
            f'`extra_counts` of HOI ids: {error!r}') from error
    for hoi, count in pairs:
        if not 0 <= hoi < num_hois or count < 0:
            raise SetupError(
                f'ClassFrequencyWeights: counts_file="{file}" has {count} '
                f'pairs of HOI {hoi}; allowed: from 0 pairs of the HOIs 0 to '
                f'{num_hois - 1} of {label_space.name}')
        yield hoi, count
