# Copyright (c) mmhoi contributors.
"""Change the interactions that a trained model predicts, and change back."""
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Dict, Optional

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mmhoi.models.vision_language import TextEmbeddingClassifier, encode_texts
from mmhoi.models.vision_language.text_verb_classifier import \
    TextVerbClassifier
from .vocabulary import Vocabulary


@dataclass(frozen=True)
class TrainedClasses:
    """What a vocabulary replaces.

    Attributes:
        head_parts (dict): Attributes of the head: classifiers and tables.
        dataset_meta (dict, optional): Names of the classes.
    """
    head_parts: Dict[str, Any]
    dataset_meta: Optional[Dict[str, Any]]


_HEAD_PARTS = ('hoi_classifier', 'verb_classifier', 'num_hois', 'hoi_objects',
               'hoi_verbs')


def apply_vocabulary(model: nn.Module,
                     vocabulary: Vocabulary,
                     use_cache: bool = True) -> None:
    """Let a model predict texts instead of the classes of its training.

    Boxes and object classes stay the detector's. The parts of the HOI score
    become:

    - HOI classifier: CLIP's embedding of each prompt, times the trained
      scale. A prompt of the label space keeps its trained row and bias; other
      prompts get the mean bias, if there is a bias.
    - Verb branch: a text with a verb of the label space keeps the trained
      embedding of that verb. An unknown verb gets the normalised mean of the
      embeddings of its texts, as an unseen verb does in training from texts.
    - Object score: of the object that the text names; the best of the query
      if it names none.
    - Training-free enhancement: cosines to the texts.

    With the prompts of its own label space a model predicts what it does
    without a vocabulary. A vocabulary that was applied before is replaced.
    Weights must be loaded before, and training needs the trained classes.

    Args:
        model (HOIDetector): The model; it is changed.
        vocabulary (Vocabulary): Made for the label space of the model.
        use_cache (bool): Whether embeddings are kept on disk, see
            :func:`encode_texts`. Defaults to True.

    Raises:
        ValueError: If CLIP's weights are missing or of another model.
    """
    head = model.bbox_head
    is_new = torch.from_numpy(vocabulary.prompt_hois < 0)
    new_prompts = [
        prompt
        for prompt, hoi in zip(vocabulary.prompts, vocabulary.prompt_hois)
        if hoi < 0
    ]
    embeddings = head.hoi_classifier.weight.new_zeros(
        len(is_new), head.hoi_classifier.embed_dims)
    if new_prompts:
        # Before anything is changed: it may fail.
        embeddings[is_new] = encode_texts(
            texts=new_prompts, use_cache=use_cache, **head.clip).to(embeddings)
    restore_trained_classes(model)
    head.trained_classes = TrainedClasses(
        {name: getattr(head, name)
         for name in _HEAD_PARTS}, getattr(model, 'dataset_meta', None))
    verb_classifier = head.verb_classifier
    head.hoi_classifier = _hoi_classifier(head.hoi_classifier, vocabulary,
                                          embeddings)
    if verb_classifier is not None:
        head.verb_classifier = _verb_classifier(verb_classifier, vocabulary,
                                                embeddings)
    head.num_hois = len(vocabulary.texts)
    head.hoi_objects = torch.from_numpy(vocabulary.hoi_objects)
    head.hoi_verbs = torch.from_numpy(vocabulary.hoi_verbs)
    model.dataset_meta = vocabulary.metainfo


def restore_trained_classes(model: nn.Module) -> None:
    """Undo :func:`apply_vocabulary`; without a vocabulary nothing changes.

    Args:
        model (HOIDetector): The model.
    """
    head = model.bbox_head
    trained = getattr(head, 'trained_classes', None)
    if trained is None:
        return
    device = head.hoi_classifier.weight.device
    for name, part in trained.head_parts.items():
        # The model may have moved meanwhile.
        setattr(head, name,
                part.to(device) if isinstance(part, nn.Module) else part)
    model.dataset_meta = trained.dataset_meta
    head.trained_classes = None


def _hoi_classifier(trained: TextEmbeddingClassifier, vocabulary: Vocabulary,
                    embeddings: Tensor) -> TextEmbeddingClassifier:
    """The classifier with other rows, all else as in training."""
    classifier = deepcopy(trained)
    hois = torch.from_numpy(vocabulary.prompt_hois).to(embeddings.device)
    is_new = hois < 0
    for name in ('weight', 'eval_weight', 'bias', 'eval_bias'):
        rows = getattr(trained, name, None)
        # With training classes of their own, `bias` is for these only.
        if rows is None or name == 'bias' and trained.train_ids is not None:
            continue
        new = embeddings if rows.ndim == 2 else rows.detach().mean()
        rows = torch.where(is_new[:, None] if rows.ndim == 2 else is_new, new,
                           rows.detach()[hois])
        setattr(classifier, name, nn.Parameter(rows, requires_grad=False))
    return classifier


def _verb_classifier(trained: nn.Module, vocabulary: Vocabulary,
                     embeddings: Tensor) -> TextVerbClassifier:
    """Verb branch with the verb embedding of each text."""
    device = embeddings.device
    hois = torch.from_numpy(vocabulary.verb_hois).to(device)
    verbs = torch.from_numpy(vocabulary.hoi_verbs).to(device)
    of_hois = trained.verb_to_hoi.T @ trained.weight.detach()
    sums = embeddings.new_zeros(len(vocabulary.verbs), embeddings.shape[1])
    sums.index_add_(0, verbs, embeddings)
    of_texts = F.normalize(sums, dim=-1)[verbs]
    return TextVerbClassifier(
        trained.adapter,
        torch.where((hois < 0)[:, None], of_texts, of_hois[hois]))
