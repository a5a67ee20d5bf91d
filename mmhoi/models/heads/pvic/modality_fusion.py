# Copyright (c) mmhoi contributors.
import torch
from torch import Tensor, nn


class ModalityFusion(nn.Module):
    """Fusion of what two boxes look like and how they lie (PViC).

    Args:
        appearance_dims (int): Width of the appearance.
        embed_dims (int): Width R of encoding and output.
    """

    def __init__(self, appearance_dims: int, embed_dims: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(appearance_dims, embed_dims)
        self.fc2 = nn.Linear(embed_dims, embed_dims)
        self.ln1 = nn.LayerNorm(embed_dims)
        self.ln2 = nn.LayerNorm(embed_dims)
        inner = int(1.5 * embed_dims)
        self.mlp = nn.Sequential(
            nn.Linear(2 * embed_dims, inner), nn.ReLU(),
            nn.Linear(inner, embed_dims), nn.ReLU())

    def forward(self, appearance: Tensor, spatial: Tensor) -> Tensor:
        """Fuse.

        Args:
            appearance (Tensor): Shape (..., A).
            spatial (Tensor): Shape (..., R).

        Returns:
            Tensor: Shape (..., R).
        """
        both = [self.ln1(self.fc1(appearance)), self.ln2(self.fc2(spatial))]
        return self.mlp(torch.cat(both, -1).relu())
