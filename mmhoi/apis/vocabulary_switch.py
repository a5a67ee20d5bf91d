# Copyright (c) mmhoi contributors.
"""Change the interactions that a trained model predicts, and change back."""
from typing import Any, Dict, NamedTuple, Optional

from torch import nn

from .vocabulary import Vocabulary


class TrainedClasses(NamedTuple):
    """What a vocabulary replaces.

    Attributes:
        classifier (InteractionClassifier): The classifier of the training.
        dataset_meta (dict, optional): Names of the classes.
    """
    classifier: nn.Module
    dataset_meta: Optional[Dict[str, Any]]


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
        model (HOIDetector): The model; its interaction classifier is
            replaced.
        vocabulary (Vocabulary): Made for the label space of the model.
        use_cache (bool): Whether embeddings are kept on disk, see
            :func:`encode_texts`. Defaults to True.

    Raises:
        ValueError: If CLIP's weights are missing or of another model, or the
            method has no texts.
    """
    head = model.hoi_head
    if not hasattr(head, 'trained_classes'):
        raise ValueError(
            f'{type(head).__name__} predicts the classes of its training '
            'only; a vocabulary of texts needs a method with CLIP, such as '
            'HOICLIP')
    trained = head.trained_classes or TrainedClasses(
        head.interaction_classifier, getattr(model, 'dataset_meta', None))
    # Before anything is changed: it may fail.
    classifier = trained.classifier.with_vocabulary(vocabulary, use_cache)
    head.interaction_classifier = classifier.to(
        head.interaction_classifier.hoi_verbs.device)
    head.trained_classes = trained
    model.dataset_meta = vocabulary.metainfo


def restore_trained_classes(model: nn.Module) -> None:
    """Undo :func:`apply_vocabulary`; without a vocabulary nothing changes.

    Args:
        model (HOIDetector): The model.
    """
    head = model.hoi_head
    trained = getattr(head, 'trained_classes', None)
    if trained is None:
        return
    # The model may have moved meanwhile.
    device = head.interaction_classifier.hoi_verbs.device
    head.interaction_classifier = trained.classifier.to(device)
    model.dataset_meta = trained.dataset_meta
    head.trained_classes = None
