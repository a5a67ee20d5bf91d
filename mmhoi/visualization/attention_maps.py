# Copyright (c) mmhoi contributors.
"""The attention of one pair as maps over the image."""
from dataclasses import dataclass
from math import isqrt
from typing import Dict, Optional

import numpy as np

from mmhoi.structures import HOIDataSample
from .attention import AttentionRecorder
from .attention_grids import clip_grid, memory_grid, spread_over_pixels


@dataclass(frozen=True)
class HOIAttention:
    """What the detector looked at to predict a pair.

    Symbols: image of H x W pixels, feature map of h x w cells, T patches of
    CLIP, a square of side sqrt(T).

    Attributes:
        image (np.ndarray): The image, RGB, uint8, shape (H, W, 3).
        data_sample (HOIDataSample): The image's predictions.
        dataset_meta (dict): Names: `classes`, `verb_classes`, `hoi_classes`.
        pair (int): Row of the pair in `data_sample.pred_hoi_instances`.
        query (int): Query that predicts the pair. Verbs of a query share all
            maps.
        cells (dict[str, np.ndarray]): The weights as the model has them:
            `human`, `object`, `memory`, each (h, w), and `clip`, of shape
            (sqrt(T), sqrt(T)), as far as the model looks there. Those over
            the feature map sum to 1, `clip` and `clip_token` together too.
        human (np.ndarray): Localisation attention of the human query, a
            weight for each pixel, float32, shape (H, W). Sums to 1, less what
            falls on padding.
        object (np.ndarray): The same of the object query.
        memory (np.ndarray, optional): Interaction attention over detector
            memory, likewise.
        clip (np.ndarray, optional): Interaction attention over CLIP's
            patches. NaN where CLIP does not see the image, whose sides its
            view cuts off; the rest sums to 1 - `clip_token`.
        clip_token (float, optional): Interaction attention on CLIP's class
            token, which stands for the whole view.
    """
    image: np.ndarray
    data_sample: HOIDataSample
    dataset_meta: dict
    pair: int
    query: int
    cells: Dict[str, np.ndarray]
    human: np.ndarray
    object: np.ndarray
    memory: Optional[np.ndarray]
    clip: Optional[np.ndarray]
    clip_token: Optional[float]

    @property
    def text(self) -> str:
        """str: Interaction and confidence, such as `walk horse 0.40`."""
        pred = self.data_sample.pred_hoi_instances[self.pair].cpu().numpy()
        names = self.dataset_meta.get(
            'hoi_texts') or self.dataset_meta['hoi_classes']
        name = names[pred.labels[0]].replace('_', ' ')
        return f'{name} {pred.confidences[0]:.2f}'

    def arrays(self) -> Dict[str, np.ndarray]:
        """All numbers by name, as for :func:`numpy.savez`.

        Returns:
            dict[str, np.ndarray]: human, object, memory, clip, clip_token as
            far as the model has them, `<name>_cells` for each of the `cells`,
            sub_bbox and obj_bbox (xyxy pixels, shape (4, )).
        """
        names = ('human', 'object', 'memory', 'clip', 'clip_token')
        arrays = {name: getattr(self, name) for name in names}
        arrays.update({
            f'{name}_cells': cells
            for name, cells in self.cells.items()
        })
        pred = self.data_sample.pred_hoi_instances[self.pair]
        for name in ('sub_bbox', 'obj_bbox'):
            arrays[name] = pred[f'{name}es'][0].cpu().numpy()
        return {
            name: np.asarray(array)
            for name, array in arrays.items() if array is not None
        }


def attention_of_pair(recorder: AttentionRecorder,
                      image: np.ndarray,
                      data_sample: HOIDataSample,
                      pair: int,
                      dataset_meta: dict,
                      index: int = 0) -> HOIAttention:
    """Make maps of what was recorded.

    Args:
        recorder (AttentionRecorder): After a batch.
        image (np.ndarray): The image, RGB, uint8, shape (H, W, 3).
        data_sample (HOIDataSample): Its predictions. Its meta information
            holds `ori_shape`, `img_shape` and `batch_input_shape`.
        pair (int): Row of `pred_hoi_instances`.
        dataset_meta (dict): Names: `classes`, `verb_classes`, `hoi_classes`.
        index (int): Number of the image in the batch. Defaults to 0.

    Returns:
        HOIAttention: The maps.
    """
    query = int(data_sample.pred_hoi_instances.query_inds[pair])
    shapes = data_sample.ori_shape, data_sample.img_shape
    grids = dict.fromkeys(('human', 'object', 'memory'),
                          memory_grid(*shapes, data_sample.batch_input_shape,
                                      recorder.memory_shape))
    cells = {
        name:
        getattr(recorder, name)[index,
                                query].numpy().reshape(recorder.memory_shape)
        for name in grids if getattr(recorder, name) is not None
    }
    clip_token = None
    if recorder.clip is not None:
        tokens = recorder.clip[index, query].numpy()
        clip_token, side = float(tokens[0]), isqrt(len(tokens) - 1)
        cells['clip'] = tokens[1:].reshape(side, side)
        grids['clip'] = clip_grid(*shapes, recorder.clip_size, side)
    maps = dict(memory=None, clip=None)
    for name, weights in cells.items():
        maps[name] = spread_over_pixels(weights, grids[name], shapes[0])
    return HOIAttention(
        image=image,
        data_sample=data_sample,
        dataset_meta=dataset_meta,
        pair=pair,
        query=query,
        cells=cells,
        clip_token=clip_token,
        **maps)
