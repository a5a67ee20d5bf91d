# Copyright (c) mmhoi contributors.
"""Official HOICLIP checkpoints and ours."""
from typing import Any, Dict

import numpy as np
import torch
from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import (load_label_space, official_vcoco_table,
                                seen_hois)
from mmhoi.registry import MODELS
from .class_sets import EVAL_WEIGHT
from .renaming import OURS, Renaming
from .text_pairs import (CLASSIFIER_KEY, PAIR_ROWS, TABLE, TextPairs,
                         find_label_space, find_split,
                         has_official_vcoco_table, train_ids)

_NEVER = 'never called'


class HOICLIP(TextPairs):
    """HOICLIP (https://github.com/Artanic30/HOICLIP).

    Zero-shot checkpoints hold the text embeddings twice: of the seen classes,
    and of all. Ours holds all, and the seen ones' bias. Only if the seen
    classes were trained, so that the two differ, ours holds both
    (`fixed_eval` of `TextEmbeddingClassifier`).
    """

    name = 'hoiclip'
    title = 'an official HOICLIP checkpoint'
    mark = 'transformer.clip_interaction_decoder.layers.0.'
    decoder_type = 'CLIPInteractionDecoder'
    zero_shot_folder = 'zero_shot/'
    renaming = Renaming(
        rows=PAIR_ROWS + (
            ('transformer.queries2spacial_proj.',
             'interaction_decoder.query_proj.0.'),
            ('transformer.queries2spacial_proj_norm.',
             'interaction_decoder.query_proj.1.'),
            ('transformer.obj_class_fc.',
             'interaction_decoder.memory_proj.0.'),
            ('transformer.obj_class_ln.',
             'interaction_decoder.memory_proj.1.'),
            ('inter2verb.', 'bbox_head.interaction_classifier.verbs.adapter.'),
            ('verb_projection.', 'bbox_head.interaction_classifier.verbs.'),
            ('clip_model.visual.', 'clip_visual.visual.'),
        ),
        transformers=(
            ('transformer.encoder.', 'encoder.'),
            ('transformer.instance_decoder.', 'decoder.'),
            ('transformer.clip_interaction_decoder.', 'interaction_decoder.'),
        ),
        dropped={
            r'transformer\.interaction_decoder\.':
            _NEVER,
            r'transformer\.inter_guided_embedd\.':
            _NEVER,
            r'transformer\.clip_interaction_decoder\.layers\.\d+\.norm4\.':
            _NEVER,
            r'hoi_class_fc\.':
            _NEVER,
            r'verb2hoi_proj(_eval)?$':
            'follows from the label space',
            r'clip_model\.(?!visual\.)':
            'its work was done when the classifiers were filled',
        })

    def config_stem(self, state_dict: Dict[str, Tensor]) -> str:
        """Start of the config's name."""
        return 'hoiclip_r50'

    def model_options(self, state_dict: Dict[str, Tensor]) -> Dict[str, Any]:
        """As in the base class, and what V-COCO and trained texts need."""
        options = super().model_options(state_dict)
        space, split = find_label_space(state_dict), find_split(state_dict)
        if has_official_vcoco_table(state_dict, space, split):
            options[f'{CLASSIFIER_KEY}.verbs.official_vcoco_table'] = True
        if EVAL_WEIGHT in self.rename(state_dict, train_ids(space, split)):
            options[f'{CLASSIFIER_KEY}.fixed_eval'] = True
        return options

    def check_model(self, model_cfg: ConfigDict) -> None:
        """As in the base class; also without verb branch it is another."""
        super().check_model(model_cfg)
        sources = tuple(
            model_cfg.interaction_decoder.get('sources', ('clip', 'memory')))
        verbs = model_cfg.bbox_head.interaction_classifier.get('verbs')
        if set(sources) != {'clip', 'memory'} or not verbs:
            raise ValueError(
                'the official code has no HOICLIP without verb branch, or '
                f'with interaction_decoder.sources={sources}')

    def check_classes(self, state_dict: Dict[str, Tensor],
                      head: ConfigDict) -> None:
        """As in the base class; also the table from verbs to HOIs."""
        super().check_classes(state_dict, head)
        found = has_official_vcoco_table(state_dict, head.label_space,
                                         head.get('zero_shot_split'))
        wanted = bool(
            head.interaction_classifier.verbs.get('official_vcoco_table'))
        if found != wanted:
            raise ValueError(
                f'the config has official_vcoco_table={wanted}, but the table '
                f'from verbs to HOIs in the checkpoint needs {found} (config '
                f'key `{CLASSIFIER_KEY}.verbs.official_vcoco_table`)')

    def new_extras(self, state_dict: Dict[str, Tensor],
                   model_cfg: ConfigDict) -> Dict:
        """As in the base class.

        Tables from verbs to HOIs are those of the model, CLIP's text tower is
        the config's, and what the official code never uses is zero.

        Raises:
            RuntimeError: If CLIP's weights cannot be had.
            ValueError: If the text tower of CLIP is not the official one.
        """
        tensors = _verb_tables(model_cfg.bbox_head)
        tensors.update(self._unused(state_dict))
        tensors.update(_text_tower(model_cfg.clip))
        return dict(tensors=tensors, dtypes={})

    def _unused(self, state_dict: Dict[str, Tensor]) -> Dict[str, Tensor]:
        """Zeros for what the official model has and never uses."""
        shapes = {}
        for name, value in state_dict.items():
            official = self.renaming.rename(name, OURS)
            if name.startswith('decoder.'):
                # GEN-VLKT's interaction decoder, as deep as the instance one.
                shapes[official.replace('instance_decoder',
                                        'interaction_decoder')] = value.shape
            elif name.startswith('interaction_decoder.') \
                    and 'norms.2.' in name:
                shapes[official.replace('norm3', 'norm4')] = value.shape
            elif name.startswith('bbox_head.obj_classifier.proj.'):
                shapes[official.replace('obj_class', 'hoi_class')] = \
                    value.shape
        width = state_dict['interaction_decoder.query_proj.0.bias'].shape
        queries = state_dict['queries.pair.weight'].shape[:1]
        shapes['transformer.inter_guided_embedd.weight'] = queries + width
        return {name: torch.zeros(shape) for name, shape in shapes.items()}


def _verb_tables(head: ConfigDict) -> Dict[str, Tensor]:
    space = load_label_space(head.label_space)
    table = space.verb_to_hoi()
    if head.label_space == 'vcoco':
        if head.interaction_classifier.verbs.get('official_vcoco_table'):
            table = official_vcoco_table()
        return {TABLE: torch.from_numpy(np.ascontiguousarray(table))}
    seen = seen_hois(head.get('zero_shot_split'), len(space.hois))
    return {
        TABLE: torch.from_numpy(np.ascontiguousarray(table[:, seen])),
        f'{TABLE}_eval': torch.from_numpy(np.ascontiguousarray(table))
    }


def _text_tower(clip: ConfigDict) -> Dict[str, Tensor]:
    model = MODELS.build(dict(type='load_open_clip', **clip)).model
    tower = {
        f'clip_model.{name}': value.detach().clone()
        for name, value in model.state_dict().items()
        if not name.startswith('visual.')
    }
    if 'clip_model.token_embedding.weight' not in tower:
        raise ValueError(
            f'the text tower of "{clip.model_name}" has not the layout of '
            "OpenAI's, which the official HOICLIP needs; the model cannot be "
            'exported')
    return tower
