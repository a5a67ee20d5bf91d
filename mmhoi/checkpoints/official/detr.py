# Copyright (c) mmhoi contributors.
"""DETR checkpoints as initial weights of HOI detectors."""
import logging
import re
from typing import Dict, Optional, Sequence

import torch
from mmengine.config import ConfigDict
from mmengine.logging import print_log
from torch import Tensor

from mmhoi.label_spaces import LabelSpace, load_label_space
from mmhoi.utils.listing import shortened
from .family import Family
from .named_weights import num_rows
from .renaming import Renaming, Rows

#: Backbone and input projection, in DETR and all that descends from it.
FEATURE_ROWS: Rows = (
    ('backbone.0.body.', 'backbone.'),
    ('input_proj.', 'neck.convs.0.conv.'),
)
#: Rows of DETR's classes; only linear object classifiers start from them.
_CLASSES = 'bbox_head.obj_classifier.'
#: Number of classes of facebookresearch's DETR without background: one for
#: each COCO category id, used or not.
_FACEBOOK_CLASSES = 91

#: facebookresearch's names.
FACEBOOK_NAMES = Renaming(
    rows=FEATURE_ROWS + (
        ('bbox_embed.', 'bbox_head.sub_reg.'),
        ('query_embed.', 'queries.embedding.'),
        ('class_embed.', _CLASSES),
    ),
    transformers=(
        ('transformer.encoder.', 'encoder.'),
        ('transformer.decoder.', 'decoder.'),
    ))
#: mmdet's names, since version 3.
MMDET_NAMES = Renaming(
    rows=(
        ('backbone.', 'backbone.'),
        ('neck.convs.0.conv.', 'neck.convs.0.conv.'),
        ('encoder.layers.', 'encoder.layers.'),
        ('decoder.layers.', 'decoder.layers.'),
        ('decoder.post_norm.', 'decoder.post_norm.'),
        ('bbox_head.reg_ffn.layers.0.0.', 'bbox_head.sub_reg.layers.0.'),
        ('bbox_head.reg_ffn.layers.1.', 'bbox_head.sub_reg.layers.1.'),
        ('bbox_head.fc_reg.', 'bbox_head.sub_reg.layers.2.'),
        ('query_embedding.', 'queries.embedding.'),
        ('bbox_head.fc_cls.', _CLASSES),
    ))
_PARTS = ('backbone.', 'neck.', 'encoder.', 'decoder.', 'bbox_head.sub_reg.')
#: Types of interaction decoders with the layers of DETR's. The second one is
#: CDN's, which officially starts at random all the same.
_DETR_DECODERS = ('InteractionDecoder', 'CascadeInteractionDecoder')


class DETR(Family):
    """DETR (https://github.com/facebookresearch/detr), initial weights.

    Args:
        keep_queries (bool): As in `from_detr`. Defaults to False.
        classes (Sequence[str], optional): Likewise. Defaults to None.
        both_decoders (bool): Whether CDN's interaction decoder starts from
            DETR's decoder, as its paper says, rather than at random, as its
            authors' program does. Defaults to False.
    """

    name = 'detr'
    title = 'a DETR of facebookresearch'
    mark = 'transformer.decoder.layers.0.'

    def __init__(self,
                 keep_queries: bool = False,
                 classes: Optional[Sequence[str]] = None,
                 both_decoders: bool = False) -> None:
        self.keep_queries = keep_queries
        self.classes = classes
        self.second_starts = _DETR_DECODERS[:1 + both_decoders]

    def to_ours(self, state_dict: Dict[str, Tensor],
                model_cfg: ConfigDict) -> Dict[str, Tensor]:
        """As in the base class: part of the weights of our model."""
        if 'queries' not in model_cfg:
            raise ValueError(
                f'{self.title} becomes initial weights of a model of one '
                f'stage, but the config has the type "{model_cfg.get("type")}'
                '"; its detector starts from `detector.init_cfg`')
        decoder = model_cfg.get('interaction_decoder') or {}
        like_detr = decoder.get('type') in self.second_starts
        if len(self.second_starts) > 1 and not like_detr:
            raise ValueError(
                'both decoders cannot start from DETR\'s: interaction_decoder.'
                f'type of the config is "{decoder.get("type")}", which has '
                'other layers')
        head = model_cfg.bbox_head
        linear = head.obj_classifier.type == 'LinearObjectClassifier'
        return from_detr(
            state_dict,
            model_cfg.decoder.num_layers,
            self.keep_queries,
            num_interaction_layers=decoder.num_layers if like_detr else 0,
            shared_queries=model_cfg.queries.type == 'SharedQueries',
            label_space=load_label_space(head.label_space) if linear else None,
            classes=self.classes,
            num_queries=model_cfg.num_queries)


class MMDetDETR(DETR):
    """DETR of mmdet 3, initial weights; arguments as of :class:`DETR`."""

    name = 'mmdet_detr'
    title = 'a DETR of mmdet'
    mark = 'bbox_head.reg_ffn.'


def from_detr(state_dict: Dict[str, Tensor],
              num_decoder_layers: int,
              keep_queries: bool = False,
              num_interaction_layers: int = 0,
              shared_queries: bool = False,
              label_space: Optional[LabelSpace] = None,
              classes: Optional[Sequence[str]] = None,
              num_queries: Optional[int] = None) -> Dict[str, Tensor]:
    """Turn a DETR checkpoint into initial weights of a `QueryPairDetector`.

    Backbone, encoder, the first decoder layers and both box branches start
    from DETR, and so do GEN-VLKT's interaction decoder, which is a DETR
    decoder too, and QPIC's object classifier.

    Args:
        state_dict (dict[str, Tensor]): Weights of DETR with
            facebookresearch's or mmdet's parameter names.
        num_decoder_layers (int): Layers of our instance decoder; the later
            ones of DETR's decoder are left out.
        keep_queries (bool): Whether both queries of a pair start from DETR's
            query of the same number. The official models start from random
            queries. Defaults to False.
        num_interaction_layers (int): Layers of the interaction decoder that
            start from DETR's decoder. HOICLIP has none. Defaults to 0.
        shared_queries (bool): Whether the model has one query for both
            members of a pair. Defaults to False.
        label_space (LabelSpace, optional): Objects of a linear classifier
            that starts from DETR's rows, by the names; a class that DETR
            does not know, such as "no object", gets the mean of all. Defaults
            to None: the model has no such classifier.
        classes (Sequence[str], optional): Names of DETR's classes. Defaults
            to None: COCO's, if there are as many rows.
        num_queries (int, optional): How many of DETR's queries are kept, the
            first ones, as CDN does. Defaults to None: all.

    Returns:
        dict[str, Tensor]: Part of a state dict of `QueryPairDetector`.

    Raises:
        KeyError: If the checkpoint is not one of DETR.
        ValueError: If DETR has fewer decoder layers than asked for.
    """
    facebook = any(name.startswith('transformer.') for name in state_dict)
    renaming = FACEBOOK_NAMES if facebook else MMDET_NAMES
    renamed = renaming.rename_all(state_dict, 'a DETR checkpoint')
    missing = [
        part for part in _PARTS
        if not any(name.startswith(part) for name in renamed)
    ]
    if missing:
        raise KeyError(
            f'not a DETR checkpoint: nothing in it maps to {missing}; the '
            f'first names are {list(state_dict)[:3]}')
    _check_depth(renamed, max(num_decoder_layers, num_interaction_layers))
    initial = _shared_parts(renamed)
    initial.update(_first_layers(renamed, 'decoder.', num_decoder_layers))
    initial.update(
        _first_layers(renamed, 'interaction_decoder.', num_interaction_layers))
    if label_space is not None:
        initial.update(_object_rows(renamed, label_space, classes))
    if keep_queries:
        query = renamed['queries.embedding.weight'][:num_queries]
        initial.update({'queries.embedding.weight': query}
                       if shared_queries else _pair_queries(query))
    return initial


def _check_depth(state: Dict[str, Tensor], num_layers: int) -> None:
    depth = 1 + max(
        int(re.match(r'decoder\.layers\.(\d+)', name)[1])
        for name in state if name.startswith('decoder.layers.'))
    if num_layers > depth:
        raise ValueError(
            f'the decoder of this DETR has {depth} layers, but '
            f'{num_layers} are needed; lower decoder.num_layers and '
            'interaction_decoder.num_layers of the config')


def _shared_parts(state: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """Backbone, neck, encoder, and the box branch for both boxes."""
    shared = {
        name: value
        for name, value in state.items()
        if name.startswith(('backbone.', 'neck.', 'encoder.',
                            'bbox_head.sub_reg.'))
    }
    for name in list(shared):
        if name.startswith('bbox_head.sub_reg.'):
            shared[name.replace('sub_reg', 'obj_reg')] = shared[name]
    return shared


def _object_rows(state: Dict[str, Tensor], space: LabelSpace,
                 classes: Optional[Sequence[str]]) -> Dict[str, Tensor]:
    """Rows of an object classifier, background last."""
    places = _rows_of_classes(num_rows(state, _CLASSES + 'bias') - 1, classes)
    known = [places.get(_plain(name)) for name in space.objects]
    if not any(place is not None for place in known):
        # Other classes: the own rows stay as they are initialised.
        return {}
    unknown = [
        name for name, place in zip(space.objects, known) if place is None
    ]
    if unknown:
        print_log(
            f'the DETR has no class {shortened(unknown)}: these objects start '
            'from the mean of all its classes',
            logger='current',
            level=logging.WARNING)
    rows = {}
    for part in 'weight', 'bias':
        theirs = state[_CLASSES + part]
        mean = theirs[list(places.values())].mean(0)
        extra = [mean] * (len(space.object_prompts) - 1 - len(known))
        rows[_CLASSES + part] = torch.stack(
            [mean if place is None else theirs[place]
             for place in known] + extra + [theirs[-1]])
    return rows


def _rows_of_classes(count: int,
                     classes: Optional[Sequence[str]]) -> Dict[str, int]:
    """Row of each class of a DETR, without names by their number."""
    coco = load_label_space('hico_det')
    if classes is not None and len(classes) == count:
        return {_plain(str(name)): row for row, name in enumerate(classes)}
    if count == _FACEBOOK_CLASSES:
        return dict(zip(map(_plain, coco.objects), coco.category_ids))
    if count == len(coco.objects):
        return {_plain(name): row for row, name in enumerate(coco.objects)}
    return {}


def _plain(name: str) -> str:
    """What spellings of COCO's names have in common."""
    return name.lower().replace('_', ' ')


def _first_layers(state: Dict[str, Tensor], decoder: str,
                  num_layers: int) -> Dict[str, Tensor]:
    """The first layers of DETR's decoder and its norm, renamed."""
    starts = [f'decoder.layers.{i}.' for i in range(num_layers)]
    if num_layers:
        starts.append('decoder.post_norm.')
    return {
        decoder + name[len('decoder.'):]: value
        for name, value in state.items() if name.startswith(tuple(starts))
    }


def _pair_queries(query: Tensor) -> Dict[str, Tensor]:
    """Queries of both boxes, with nothing added to what DETR learned."""
    return {
        'queries.sub.weight': query,
        'queries.obj.weight': query,
        'queries.pair.weight': torch.zeros_like(query)
    }
