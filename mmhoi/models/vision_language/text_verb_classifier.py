# Copyright (c) mmhoi contributors.
from typing import Tuple

import torch.nn.functional as F
from torch import Tensor, nn


class TextVerbClassifier(nn.Module):
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
        >>> verbs = TextVerbClassifier(nn.Identity(), torch.eye(2))
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
                use_train_classes: bool = False) -> Tuple[Tensor, Tensor]:
        """Score features against the verbs of the texts.

        Args:
            feats (Tensor): Interaction features, shape (..., E).
            scale (Tensor | float): Factor of the cosine similarities.
            use_train_classes (bool): Must be False: texts of one's own are
                no classes of training.

        Returns:
            tuple[Tensor, Tensor]: Logits (..., H), twice: those of the verbs
            are those of the texts.

        Raises:
            ValueError: If training classes are asked for.
        """
        if use_train_classes:
            raise ValueError('a model with a vocabulary of its own cannot be '
                             'trained; restore its trained classes first')
        feats = F.normalize(self.adapter(feats), dim=-1)
        logits = scale * F.linear(feats, self.weight)
        return logits, logits
