# Copyright (c) mmhoi contributors.
from typing import Any, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class OwnVerbClassifier(nn.Module):
    """Verb branch that has a verb embedding for each text.

    What :class:`CLIPVerbClassifier` computes for the classes of a label
    space, for texts that need not be among them: each comes with the
    embedding of its own verb, so that no verb-to-HOI table is needed.

    Symbols: H texts, E feature width.

    Args:
        adapter (nn.Module): Adapter of the trained verb branch, shared with
            it, E -> E.
        embeddings (Tensor): Verb embedding of each text, shape (H, E).

    Examples:
        >>> import torch
        >>> verbs = OwnVerbClassifier(nn.Identity(), torch.eye(2))
        >>> _, logits = verbs(torch.tensor([[0.0, 5.0]]), scale=10.0)
        >>> logits.detach()
        tensor([[ 0., 10.]])
    """

    def __init__(self, adapter: nn.Module, embeddings: Tensor) -> None:
        super().__init__()
        self.adapter = adapter
        self.weight = nn.Parameter(embeddings, requires_grad=False)

    def forward(self,
                feats: Tensor,
                scale: Tensor,
                seen_only: bool = False) -> Tuple[Tensor, Tensor]:
        """Score features against the verbs of the texts.

        Args:
            feats (Tensor): Interaction features, shape (..., E).
            scale (Tensor | float): Factor of the cosine similarities.
            seen_only (bool): Must be False: texts of one's own are
                no classes of training.

        Returns:
            tuple[Tensor, Tensor]: Logits (..., H), twice: those of the verbs
            are those of the texts.

        Raises:
            ValueError: If training classes are asked for.
        """
        if seen_only:
            raise ValueError('a model with a vocabulary of its own cannot be '
                             'trained; restore its trained classes first')
        feats = F.normalize(self.adapter(feats), dim=-1)
        logits = scale * F.linear(feats, self.weight)
        return logits, logits


def own_verb_classifier(trained: nn.Module, vocabulary: Any,
                        embeddings: Tensor) -> OwnVerbClassifier:
    """Verb branch with the verb embedding of each text of a vocabulary.

    Args:
        trained (CLIPVerbClassifier): The verb branch as it was trained.
        vocabulary (mmhoi.apis.vocabulary.Vocabulary): H' texts.
        embeddings (Tensor): CLIP's embedding of each text that is no prompt
            of the label space, shape (H', E).

    Returns:
        OwnVerbClassifier: It shares the adapter.
    """
    device = embeddings.device
    hois = torch.from_numpy(vocabulary.verb_hois).to(device)
    verbs = torch.from_numpy(vocabulary.hoi_verbs).to(device)
    of_hois = trained.verb_to_hoi.T @ trained.weight.detach()
    sums = embeddings.new_zeros(len(vocabulary.verbs), embeddings.shape[1])
    sums.index_add_(0, verbs, embeddings)
    of_texts = F.normalize(sums, dim=-1)[verbs]
    return OwnVerbClassifier(
        trained.adapter,
        torch.where((hois < 0)[:, None], of_texts, of_hois[hois]))
