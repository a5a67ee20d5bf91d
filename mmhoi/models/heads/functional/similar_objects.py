# Copyright (c) mmhoi contributors.
from typing import List, Optional

import torch
from scipy.cluster.hierarchy import fcluster, linkage
from torch import Tensor, nn

from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import MODELS
from mmhoi.utils.known_keys import check_keys
from mmhoi.utils.setup_error import SetupError
from ..pair_streams import ComposedPairs, HOITables, ImageRows, joined
from .class_words import word_vectors


@MODELS.register_module()
class SimilarObjects(nn.Module):
    """Pairs whose object is called by the name of a similar one.

    Functional generalisation (Bansal et al., https://arxiv.org/abs/1904.03181,
    re-implemented from its description): what is done with an object is done
    with objects like it, too. Classes are clustered by their words and, if
    given, by what they look like; each training pair is repeated with other
    classes of its object's cluster, with the human and the boxes as they are.
    Labels are the HOIs of its verbs and the new class; what is no HOI is
    dropped (ours, as are the distance of the clusters and the choice among
    a cluster by chance).

    Args:
        embed_dims (int): Width of the crops' features; any.
        label_space (LabelSpace): Its O object classes.
        zero_shot_split (str, optional): Any; unseen classes are swapped in,
            too.
        words (dict): `file` or `clip`, see :func:`word_vectors`.
        looks (dict, optional): `file` with mean visual features of the
            classes, likewise. Defaults to None: words alone.
        num_clusters (int): Defaults to 10.
        num_swaps (int): How many classes at most replace that of a pair.
            Defaults to 5.
        loss_weight (float): Weight of the loss. Defaults to 1.

    Attributes:
        clusters (Tensor): Cluster of each class, int64, shape (O, ).

    Raises:
        SetupError: If there are to be fewer than 1 or more than O clusters,
            or words are of no use.
    """

    def __init__(self,
                 embed_dims: int,
                 label_space: LabelSpace,
                 zero_shot_split: Optional[str],
                 words: dict,
                 looks: Optional[dict] = None,
                 num_clusters: int = 10,
                 num_swaps: int = 5,
                 loss_weight: float = 1.0) -> None:
        super().__init__()
        count = len(label_space.objects)
        if not 1 <= num_clusters <= count:
            raise SetupError(f'composer.num_clusters={num_clusters}; allowed: '
                             f'1 to {count}, the object classes of '
                             f'{label_space.name}')
        if num_swaps < 0:
            raise SetupError(f'composer.num_swaps={num_swaps}; allowed: '
                             'numbers from 0')
        self.tables = HOITables(label_space)
        self.num_swaps = num_swaps
        self.loss_weight = loss_weight
        sources = dict(words=words or {})
        if looks is not None:
            sources['looks'] = looks
        for name, source in sources.items():
            check_keys(source, ('file', 'clip'), f'`composer.{name}`')
        vectors = [word_vectors(label_space, **x) for x in sources.values()]
        self.register_buffer(
            'clusters',
            cluster(torch.cat(vectors, 1), num_clusters),
            persistent=False)

    def forward(self, images: List[ImageRows]) -> ComposedPairs:
        """Repeat the pairs of a batch with similar objects.

        Args:
            images (list[ImageRows]): Of the B images.

        Returns:
            ComposedPairs: The new pairs that are HOIs.
        """
        rows, labels, *_ = joined(images)
        clusters = self.clusters
        similar = clusters[rows.obj_labels, None] == clusters
        similar &= torch.arange(
            len(clusters), device=clusters.device) != rows.obj_labels[:, None]
        chance = torch.rand(similar.shape, device=clusters.device)
        ranks = chance.masked_fill(~similar, -1).topk(
            min(self.num_swaps, len(clusters)), 1)
        index, places = (ranks.values >= 0).nonzero(as_tuple=True)
        objects = ranks.indices[index, places]
        return ComposedPairs(
            rows.at(index)._replace(obj_labels=objects),
            self.tables.of_verbs(labels[index]) *
            self.tables.of_objects(objects).to(labels)).that_exist()


def cluster(vectors: Tensor, num_clusters: int) -> Tensor:
    """Clusters of vectors: agglomerative, by mean cosine distance.

    Args:
        vectors (Tensor): Shape (O, E).
        num_clusters (int): At most so many.

    Returns:
        Tensor: Number of the cluster of each, int64, shape (O, ).

    Examples:
        >>> vectors = torch.tensor([[1., 0], [1, 0.1], [0, 1]])
        >>> one, two, three = cluster(vectors, 2).tolist()
        >>> one == two != three
        True
    """
    tree = linkage(vectors.numpy(), method='average', metric='cosine')
    return torch.from_numpy(fcluster(tree, num_clusters, 'maxclust')).long()
