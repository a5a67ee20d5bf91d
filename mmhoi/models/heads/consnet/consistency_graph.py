# Copyright (c) mmhoi contributors.
from typing import Optional, Sequence

import torch
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace
from mmhoi.utils.setup_error import SetupError
from .consistency_edges import consistency_edges
from .graph_attention import GraphAttention
from .graph_file import load_graph
from .node_words import KINDS, NodeWords, clip_node_words, load_node_words

LINKS = ('words', 'none')


class ConsistencyGraph(nn.Module):
    """Embeddings of classes that know of each other.

    Each HOI, the human, each verb and each object is a node that begins with
    the vector of its words; layers of graph attention let neighbours see each
    other. So classes that training never sees are near those that it does.

    Symbols: H HOIs, V verbs, O objects, N = H + 1 + V + O nodes.

    Args:
        embed_dims (int): Width E of the embeddings.
        label_space (LabelSpace): The classes.
        zero_shot_split (str, optional): What training does not see.
        clip (dict, optional): `model_name` and `pretrained` of the CLIP whose
            text tower gives the word vectors.
        word_file (str, optional): Without `clip`: a file of word vectors, see
            :func:`load_node_words`.
        hidden_dims (Sequence[int], optional): Widths of the hidden layers.
            Defaults to None: two of 4 E.
        num_heads (Sequence[int]): Heads of each layer. Defaults to (8, 8, 4).
        file (str, optional): A graph, see :func:`load_graph`. Defaults to
            None: `links`.
        links (str): Without a file: `words`, similar words are neighbours, or
            `none`, no class has a neighbour but itself. Defaults to `words`.
        strict (bool): Whether to refuse a file for which more was looked at
            than training sees. Defaults to False.

    Raises:
        SetupError: If words, file or links are of no use.
    """

    CLASS_ROWS = {f'{kind}_words': f'{kind}s' for kind in KINDS}

    def __init__(self,
                 embed_dims: int,
                 label_space: LabelSpace,
                 zero_shot_split: Optional[str] = None,
                 clip: Optional[dict] = None,
                 word_file: Optional[str] = None,
                 hidden_dims: Optional[Sequence[int]] = None,
                 num_heads: Sequence[int] = (8, 8, 4),
                 file: Optional[str] = None,
                 links: str = 'words',
                 strict: bool = False) -> None:
        super().__init__()
        if (clip is None) == (word_file is None):
            raise SetupError('interaction_head.graph needs either `clip` or '
                             '`word_file` for the vectors of words')
        if links not in LINKS:
            raise SetupError(f'interaction_head.graph.links="{links}"; '
                             f'allowed: {", ".join(LINKS)}')
        words = load_node_words(
            label_space, word_file) if clip is None else clip_node_words(
                label_space, **clip)
        for kind, vectors in words._asdict().items():
            self.register_buffer(f'{kind}_words', vectors)
        if file is not None:
            edges = load_graph(file, label_space, zero_shot_split, strict)
        elif links == 'none':
            edges = torch.eye(sum(map(len, words)), dtype=torch.bool)
        else:
            edges = consistency_edges(label_space, words)
        # They belong to the order of the classes, which a checkpoint need not
        # share.
        self.register_buffer('edges', edges, persistent=False)
        dims = (words.hoi.shape[1],
                *(hidden_dims or (4 * embed_dims, 4 * embed_dims)), embed_dims)
        if len(num_heads) != len(dims) - 1:
            raise SetupError(
                f'interaction_head.graph: {len(num_heads)} num_heads for '
                f'{len(dims) - 1} layers')
        self.layers = nn.ModuleList(
            GraphAttention(before, after, heads, i == len(dims) - 2)
            for i, (before, after,
                    heads) in enumerate(zip(dims, dims[1:], num_heads)))
        self._kept: Optional[tuple] = None

    def train(self, mode: bool = True) -> 'ConsistencyGraph':
        """Switch between training and testing; nothing is kept over it."""
        self._kept = None
        return super().train(mode)

    def forward(self) -> NodeWords:
        """Embed the classes.

        In tests the result is kept as long as the weights are the same.

        Returns:
            NodeWords: Embeddings, shapes (H, E), (1, E), (V, E) and (O, E).
        """
        if self.training or torch.is_grad_enabled():
            return self._embed()
        # Loading weights or moving them makes others of them.
        state = [(table.data_ptr(), table._version)
                 for table in self.state_dict(keep_vars=True).values()]
        if self._kept is None or self._kept[0] != state:
            self._kept = state, self._embed()
        return self._kept[1]

    def _embed(self) -> NodeWords:
        words = NodeWords(self.hoi_words, self.human_words, self.verb_words,
                          self.object_words)
        nodes: Tensor = torch.cat(words)
        for layer in self.layers:
            nodes = layer(nodes, self.edges)
        return NodeWords(*nodes.split([len(table) for table in words]))
