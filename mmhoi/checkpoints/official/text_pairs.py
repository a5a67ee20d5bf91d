# Copyright (c) mmhoi contributors.
"""What GEN-VLKT and HOICLIP have in common: classes that are CLIP's texts."""
from abc import abstractmethod
from typing import Any, ClassVar, Dict, List, Optional

import numpy as np
import torch
from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import (load_label_space, official_vcoco_table,
                                seen_hois, zero_shot_split_names)
from .class_sets import (CLASSIFIER, add_biases, join_class_sets,
                         split_class_sets)
from .detr import FEATURE_ROWS
from .extras import with_extras
from .family import OfficialMethod, label_space_of_size
from .renaming import OURS, Rows

#: HOICLIP's table from verbs to HOIs.
TABLE = 'verb2hoi_proj'
#: Config key of our classifier.
CLASSIFIER_KEY = 'model.bbox_head.interaction_classifier'

#: What HOICLIP inherited from GEN-VLKT.
PAIR_ROWS: Rows = FEATURE_ROWS + (
    ('query_embed_h.', 'queries.sub.'),
    ('query_embed_o.', 'queries.obj.'),
    ('pos_guided_embedd.', 'queries.pair.'),
    ('hum_bbox_embed.', 'bbox_head.sub_reg.'),
    ('obj_bbox_embed.', 'bbox_head.obj_reg.'),
    ('obj_class_fc.', 'bbox_head.obj_classifier.proj.'),
    ('obj_visual_projection.', 'bbox_head.obj_classifier.texts.'),
    ('visual_projection.', 'bbox_head.interaction_classifier.texts.'),
    ('eval_visual_projection.',
     'bbox_head.interaction_classifier.texts.eval_'),
    ('logit_scale', 'bbox_head.interaction_classifier.texts.logit_scale'),
    ('obj_logit_scale', 'bbox_head.obj_classifier.texts.logit_scale'),
)


class TextPairs(OfficialMethod):
    """Base of GEN-VLKT and HOICLIP.

    Attributes:
        decoder_type (str): Type of the interaction decoder in our configs.
        zero_shot_folder (str): Where below the method's configs those of
            zero-shot splits are.
        fixed_eval (bool): Whether zero-shot models have a classifier of all
            classes that is never trained.
        has_eval_bias (bool): Whether the official one of these has a bias.
    """

    decoder_type: ClassVar[str]
    zero_shot_folder: ClassVar[str] = ''
    fixed_eval: ClassVar[bool] = False
    has_eval_bias: ClassVar[bool] = False

    @abstractmethod
    def config_stem(self, state_dict: Dict[str, Tensor]) -> str:
        """Start of the config's name, such as `hoiclip_r50`."""

    def default_config(self, state_dict: Dict[str, Tensor]) -> str:
        """As in the base class, for data set, split and depth."""
        stem = self.config_stem(state_dict)
        data = find_label_space(state_dict).replace('hico_det', 'hico')
        split = find_split(state_dict)
        if split is None:
            return f'{self.name}/{stem}_{data}.py'
        split = split.replace('_', '-')
        return f'{self.name}/{self.zero_shot_folder}{stem}_{data}_{split}.py'

    def model_options(self, state_dict: Dict[str, Tensor]) -> Dict[str, Any]:
        """As in the base class: official classifiers have biases."""
        # Both raise where the classes are unknown.
        find_label_space(state_dict), find_split(state_dict)
        return {
            f'{CLASSIFIER_KEY}.bias': True,
            'model.bbox_head.obj_classifier.bias': True
        }

    def check_model(self, model_cfg: ConfigDict) -> None:
        """As in the base class: the interaction decoder tells the method."""
        found = (model_cfg.get('interaction_decoder') or {}).get('type')
        if found != self.decoder_type:
            raise ValueError(
                f'the config has interaction_decoder.type="{found}", but a '
                f'model of the family "{self.name}" has '
                f'"{self.decoder_type}"; choose a config of that method with '
                '--config')

    def check_classes(self, state_dict: Dict[str, Tensor],
                      head: ConfigDict) -> None:
        """Refuse the config of other classes.

        Args:
            state_dict (dict[str, Tensor]): Weights with official names.
            head (dict): Config of the head.

        Raises:
            ValueError: If label space or zero-shot split are others.
        """
        found = find_label_space(state_dict), find_split(state_dict)
        wanted = head.label_space, head.get('zero_shot_split')
        if found != wanted:
            raise ValueError(
                f'the checkpoint is one of label space "{found[0]}" with the '
                f'zero-shot split "{found[1]}", the config one of '
                f'"{wanted[0]}" with "{wanted[1]}" ({CLASSIFIER[:-1]}); '
                'choose a config of the same with --config')

    def rename(self, state_dict: Dict[str, Tensor],
               ids: Optional[Tensor]) -> Dict[str, Tensor]:
        """Our names, without a check against a config.

        Args:
            state_dict (dict[str, Tensor]): Weights with official names.
            ids (Tensor, optional): Seen HOIs of a zero-shot checkpoint; None
                if all classes are seen.

        Returns:
            dict[str, Tensor]: Weights of our model.

        Raises:
            KeyError: If a parameter is neither known nor known to be unused.
            ValueError: If the checkpoint has another number of seen classes.
        """
        return join_class_sets(
            self.renaming.rename_all(state_dict, self.title), ids,
            self.fixed_eval)

    def to_ours(self, state_dict: Dict[str, Tensor],
                model_cfg: ConfigDict) -> Dict[str, Tensor]:
        """As in the base class, without parameters that have no effect."""
        self.check_model(model_cfg)
        head = model_cfg.bbox_head
        self.check_classes(state_dict, head)
        return self.rename(
            state_dict, train_ids(head.label_space,
                                  head.get('zero_shot_split')))

    def to_official(self,
                    state_dict: Dict[str, Tensor],
                    model_cfg: ConfigDict,
                    extras: Optional[Dict] = None) -> Dict[str, Tensor]:
        """As in the base class; biases that ours lacks are zero."""
        head = model_cfg.bbox_head
        ids = train_ids(head.label_space, head.get('zero_shot_split'))
        state = add_biases(
            split_class_sets(state_dict, ids, self.has_eval_bias))
        official = self.renaming.rename_all(state, f'our {self.name}', OURS)
        return with_extras(official, extras)


def train_ids(label_space: str, split: Optional[str]) -> Optional[Tensor]:
    """Ids of the HOIs that training sees, None if it sees all."""
    if split is None:
        return None
    num_hois = len(load_label_space(label_space).hois)
    return torch.from_numpy(seen_hois(split, num_hois))


def find_label_space(state_dict: Dict[str, Tensor]) -> str:
    """Name of the label space of an official HOICLIP or GEN-VLKT.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.

    Returns:
        str: A name of `LABEL_SPACES`.

    Raises:
        ValueError: If no label space has as many HOI classes.
    """
    return label_space_of_size('hois', len(_all_classes(state_dict)))


def find_split(state_dict: Dict[str, Tensor]) -> Optional[str]:
    """Name of the zero-shot split of an official HOICLIP or GEN-VLKT.

    Splits of equal size differ in the table from verbs to HOIs (HOICLIP), and
    in the texts of the seen classes, which are rows of those of all.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.

    Returns:
        str | None: The name, None if all classes are seen.

    Raises:
        ValueError: If no split fits, or several do.
    """
    if 'eval_visual_projection.weight' not in state_dict:
        return None
    every = _matrix(state_dict, 'eval_visual_projection.weight')
    seen = _matrix(state_dict, 'visual_projection.weight')
    names = _fitting_splits(state_dict, len(seen), len(every))
    if len(names) > 1:
        # Trained rows have moved from their texts, but not far.
        distances = [(seen - every[torch.from_numpy(
            seen_hois(name, len(every)))]).norm().item() for name in names]
        nearest = np.flatnonzero(np.array(distances) == min(distances))
        names = [names[i] for i in nearest]
    if len(names) != 1:
        raise ValueError(
            f'the checkpoint has {len(seen)} seen HOI classes of '
            f'{len(every)}, which fits {", ".join(names) or "none"} of the '
            f'zero-shot splits {", ".join(zero_shot_split_names())}')
    return names[0]


def has_official_vcoco_table(state_dict: Dict[str, Tensor],
                             label_space: str,
                             split: Optional[str] = None) -> bool:
    """Whether HOICLIP's verbs are spread over HOIs by V-COCO's wrong table.

    Args:
        state_dict (dict[str, Tensor]): Weights with official names.
        label_space (str): Name of the label space.
        split (str, optional): Name of the zero-shot split.

    Returns:
        bool: False if the table is right.

    Raises:
        ValueError: If the table is neither, or missing.
    """
    if TABLE not in state_dict:
        raise ValueError(f'the checkpoint has no {TABLE}, the table from '
                         'verbs to HOIs that every official HOICLIP has')
    table = _matrix(state_dict, TABLE).float().cpu().numpy()
    space = load_label_space(label_space)
    right = space.verb_to_hoi()[:, seen_hois(split, len(space.hois))]
    if np.array_equal(table, right):
        return False
    if label_space == 'vcoco' and np.array_equal(table,
                                                 official_vcoco_table()):
        return True
    raise ValueError(
        f'{TABLE} of the checkpoint, shape {table.shape}, is not the table of '
        f'the label space "{label_space}" with the zero-shot split "{split}", '
        f'shape {right.shape}: its verbs or HOIs are others, or in another '
        'order')


def _all_classes(state_dict: Dict[str, Tensor]) -> Tensor:
    zero_shot = 'eval_visual_projection.weight' in state_dict
    return _matrix(state_dict,
                   ('eval_' if zero_shot else '') + 'visual_projection.weight')


def _matrix(state_dict: Dict[str, Tensor], name: str) -> Tensor:
    value = state_dict.get(name)
    if value is None:
        raise ValueError(
            f'the checkpoint has no {name}: it is incomplete, or of a model '
            'that does not exist here (one trained without --with_clip_label '
            'has no classifier of texts)')
    if value.ndim != 2:
        raise ValueError(f'{name} of the checkpoint must have 2 dimensions, '
                         f'but has shape {tuple(value.shape)}')
    return value


def _fitting_splits(state_dict: Dict[str, Tensor], num_seen: int,
                    num_hois: int) -> List[str]:
    names = [
        name for name in zero_shot_split_names()
        if len(seen_hois(name, num_hois)) == num_seen
    ]
    if TABLE in state_dict:
        table = state_dict[TABLE].float().cpu().numpy()
        right = load_label_space('hico_det').verb_to_hoi()
        names = [
            name for name in names
            if np.array_equal(table, right[:, seen_hois(name, num_hois)])
        ]
    return names
