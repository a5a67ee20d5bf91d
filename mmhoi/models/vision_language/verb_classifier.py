# Copyright (c) mmhoi contributors.
"""Verb branch of HOICLIP."""
from pathlib import Path
from typing import Optional, Sequence, Tuple, Union

import numpy as np
import torch
import torch.nn.functional as F
from mmdet.models.layers import MLP
from mmengine.logging import MMLogger
from mmengine.model import BaseModule
from torch import Tensor, nn

from mmhoi.checkpoints.without_weights import weights_are_left_out
from mmhoi.label_spaces import official_vcoco_table as vcoco_table
from mmhoi.registry import MODELS
from .clip_text import encode_texts
from .text_classifier import check_train_ids
from .verb_embedding_files import (check_clip, check_strict,
                                   load_verb_embeddings, rows_of_verbs)


@MODELS.register_module()
class CLIPVerbClassifier(BaseModule):
    """Verb logits of interaction features, and their sum into HOI classes.

    verb_logits = scale * V normalise(adapter(f)),
    hoi_logits = verb_logits @ verb_to_hoi

    The rows of V come from visual semantic arithmetic over training images
    (a file), or, without a file, from text: the mean embedding of the
    prompts of a verb's HOIs. V is trained.

    Zero-shot: the published results use a file made from all training pairs,
    those of unseen HOIs too. With `strict`, V holds nothing of an unseen
    pair: a file must state that it was made without the pairs of the split,
    and of the texts only those of training HOIs are averaged. A verb without
    training HOI still starts from the texts of its HOIs, which are names and
    no data.

    Symbols: V verbs, H HOI classes, S training classes, E feature width.

    Args:
        verb_to_hoi (array-like): One-hot table, shape (V, H): 1 where the
            HOI has the verb.
        embed_dims (int): E.
        hidden_dims (int): Width of the adapter's two hidden layers. HOICLIP
            uses the width of its detector. Defaults to 256.
        embeddings (str | Path | Tensor, optional): Verb embeddings, shape
            (V, E), used as they are; or a file (.pt, .pth, .npy,
            .safetensors, `mmhoi://mini/...`) that holds one such array.
            Defaults to None.
        texts (Sequence[str], optional): Prompts of the H HOIs, encoded with
            `clip` when there are no embeddings.
        clip (dict, optional): As in :class:`TextEmbeddingClassifier`.
        train_ids (Sequence[int], optional): Ids of the S training HOIs.
            Defaults to None: all.
        zero_shot_split (str, optional): Name of the split that `train_ids`
            stand for. Defaults to None.
        label_space (str, optional): Name of the label space. Defaults to
            None.
        verb_names (Sequence[str], optional): Names of the V verbs. A file
            that tells its own gives its rows by the names; one of other verbs
            is refused. Defaults to None: rows are taken in their order.
        strict (bool): Whether to keep all unseen pairs out of V. Defaults to
            False.
        official_vcoco_table (bool): Whether to replace `verb_to_hoi` by the
            wrong table of HOICLIP's code for V-COCO, which its checkpoints
            need, see :func:`mmhoi.label_spaces.official_vcoco_table`.
            Defaults to False.
        init_cfg (dict, optional): Initialisation config. Defaults to None.

    Raises:
        FileNotFoundError: If the file of embeddings does not exist.
        ValueError: If the official table is asked for in another label space
            than V-COCO, if embeddings have the wrong shape, were made for
            other verbs or another CLIP model or, with `strict`, are not known
            to be made without the unseen pairs.

    Attributes:
        adapter (MLP): Three linear layers, E -> hidden -> hidden -> E.
        weight (Parameter): Verb embeddings, (V, E).
        verb_to_hoi (Tensor): One-hot table, (V, H); not in the state dict.
    """

    def __init__(self,
                 verb_to_hoi: Union[np.ndarray, Tensor, Sequence],
                 embed_dims: int,
                 hidden_dims: int = 256,
                 embeddings: Union[str, Path, Tensor, None] = None,
                 texts: Optional[Sequence[str]] = None,
                 clip: Optional[dict] = None,
                 train_ids: Optional[Sequence[int]] = None,
                 zero_shot_split: Optional[str] = None,
                 label_space: Optional[str] = None,
                 verb_names: Optional[Sequence[str]] = None,
                 strict: bool = False,
                 official_vcoco_table: bool = False,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if official_vcoco_table:
            verb_to_hoi = _vcoco_table(label_space)
        table = torch.as_tensor(verb_to_hoi).float()
        self.register_buffer('verb_to_hoi', table, persistent=False)
        self.register_buffer(
            'train_ids',
            check_train_ids(train_ids, table.shape[1]),
            persistent=False)
        self.adapter = MLP(embed_dims, hidden_dims, embed_dims, 3)
        if weights_are_left_out():
            # Weights come later, whatever they were to start from.
            embeddings = torch.empty(len(table), embed_dims)
        elif strict:
            check_strict(embeddings, zero_shot_split)
        if embeddings is None:
            used = _seen_table(table, self.train_ids) if strict else table
            weight = _embeddings_from_text(used, texts, clip)
            source = 'the text embeddings'
        elif isinstance(embeddings, (str, Path)):
            source = str(embeddings)
            if clip is not None:
                check_clip(embeddings, **clip)
            weight = rows_of_verbs(embeddings,
                                   load_verb_embeddings(embeddings),
                                   verb_names, label_space)
        else:
            weight = torch.as_tensor(embeddings).float()
            source = '`embeddings`'
        if tuple(weight.shape) != (len(table), embed_dims):
            raise ValueError(
                f'verb embeddings of {source} have shape '
                f'{tuple(weight.shape)}, but the label space and CLIP model '
                f'need {(len(table), embed_dims)}')
        self.weight = nn.Parameter(weight.clone())

    def forward(self,
                feats: Tensor,
                scale: Union[Tensor, float],
                seen_only: bool = False) -> Tuple[Tensor, Tensor]:
        """Score features against verbs.

        Args:
            feats (Tensor): Interaction features, shape (..., E).
            scale (Tensor | float): Factor of the cosine similarities; HOICLIP
                shares the one of its HOI classifier.
            seen_only (bool): Whether to return the training HOIs
                instead of all. Defaults to False.

        Returns:
            tuple[Tensor, Tensor]: Verb logits (..., V), and the same spread
            over HOIs, (..., S) or (..., H).
        """
        feats = F.normalize(self.adapter(feats), dim=-1)
        verb_logits = scale * F.linear(feats, self.weight)
        table = self.verb_to_hoi
        if seen_only and self.train_ids is not None:
            table = table[:, self.train_ids]
        return verb_logits, verb_logits @ table


def _vcoco_table(label_space: Optional[str]) -> np.ndarray:
    if label_space != 'vcoco':
        raise ValueError(
            'official_vcoco_table=True (config key '
            '`interaction_classifier.verbs.official_vcoco_table`) is about '
            f'the label space "vcoco", but the model has "{label_space}"')
    return vcoco_table()


def _seen_table(table: Tensor, train_ids: Optional[Tensor]) -> Tensor:
    """Verb-to-HOI table (V, H) of seen HOIs, if a verb has any."""
    seen = torch.zeros_like(table)
    seen[:, train_ids] = table[:, train_ids]
    return torch.where(seen.any(1, keepdim=True), seen, table)


def _embeddings_from_text(verb_to_hoi: Tensor, texts: Optional[Sequence[str]],
                          clip: Optional[dict]) -> Tensor:
    """Mean text embedding of the HOIs of every verb, normalised, (V, E)."""
    if texts is None or clip is None:
        raise ValueError('CLIPVerbClassifier needs `embeddings`, or `texts` '
                         'and `clip`')
    if len(texts) != verb_to_hoi.shape[1]:
        raise ValueError(
            f'{len(texts)} HOI prompts for a verb-to-HOI table with '
            f'{verb_to_hoi.shape[1]} columns')
    MMLogger.get_current_instance().info(
        'verb embeddings start from the text embeddings of their HOIs, '
        'since no file of verb embeddings is given')
    return F.normalize(verb_to_hoi @ encode_texts(texts=texts, **clip), dim=-1)
