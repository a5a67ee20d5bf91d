# Copyright (c) mmhoi contributors.
from pathlib import Path
from typing import Optional

from mmengine.structures import InstanceData

from mmhoi.utils.image_sources import ImageSource
from mmhoi.visualization.attention import AttentionRecorder
from mmhoi.visualization.attention_maps import HOIAttention, attention_of_pair
from .hoi_inferencer import HOIInferencer


def pair_attention(inferencer: HOIInferencer,
                   image: ImageSource,
                   pair: int = 0,
                   query: Optional[int] = None) -> HOIAttention:
    """Find out what the detector looked at to predict a pair.

    Args:
        inferencer (HOIInferencer): With the model; it predicts the same as
            ever.
        image (str | Path | np.ndarray): Path, address or BGR array.
        pair (int): Rank of the pair in the predictions of the image, from 0.
            Defaults to 0, the best.
        query (int, optional): A query of the model (`query_ind` of a
            prediction) instead of a rank; stands for its best prediction.
            Defaults to None.

    Returns:
        HOIAttention: Maps over the image, see there.

    Raises:
        ImageReadError: If the image cannot be read.
        IndexError: If there is no such pair, or none of that query.
        TypeError: If the model has other decoders than known ones.

    Examples:
        >>> attention = pair_attention(
        ...     inferencer, 'photo.jpg')  # doctest: +SKIP
        >>> attention.human.shape  # doctest: +SKIP
        (480, 640)
        >>> picture = draw_attention_panel(attention)  # doctest: +SKIP
    """
    path = str(image) if isinstance(image, (str, Path)) else 'array'
    pixels = inferencer.load_image(image)
    with inferencer.turn, AttentionRecorder(inferencer.model) as recorder:
        sample, = inferencer.forward(inferencer.preprocess([pixels], [path]))
    sample = sample.cpu()
    return attention_of_pair(
        recorder,
        pixels[..., ::-1].copy(),
        sample,
        _find_pair(sample.pred_hoi_instances, pair, query),
        dataset_meta=inferencer.dataset_meta)


def _find_pair(predictions: InstanceData, pair: int,
               query: Optional[int]) -> int:
    """Row of the predictions, best first, that is asked for."""
    if query is None:
        if not 0 <= pair < len(predictions):
            raise IndexError(
                f'pair {pair} does not exist: the image has '
                f'{len(predictions)} predictions, numbered from 0')
        return pair
    queries = predictions.query_inds.tolist()
    if query not in queries:
        raise IndexError(
            f'query {query} has no prediction in this image; queries with '
            f'one: {", ".join(map(str, sorted(set(queries))))}')
    return queries.index(query)
