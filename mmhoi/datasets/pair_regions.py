# Copyright (c) mmhoi contributors.
"""Cut-outs of the regions of training pairs, as CLIP wants them."""
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from .hoi_dataset import HOIDataset
from .transforms import CLIPView, LoadHOIImage


class PairRegions(Dataset):
    """Regions of the human, the object and both, for all pairs of an image.

    The regions are cut from the original image, without augmentation, and
    then go through CLIP's own resize and crop. A pair without object has the
    human's region for all three.

    Symbols: P pairs of an image, R rows (a row for each HOI of each pair).

    Args:
        dataset (HOIDataset): Training data; its pipeline is not used.
        size (int): Input size S of the CLIP tower.
        on_error (str): What to do about an unreadable image: `stop`, or
            `skip`, which gives no row. Defaults to `stop`.
        backend_args (dict, optional): File backend of mmengine. Defaults to
            None.
    """

    def __init__(self,
                 dataset: HOIDataset,
                 size: int,
                 on_error: str = 'stop',
                 backend_args: Optional[dict] = None) -> None:
        self.dataset = dataset
        self.hoi_objects = torch.from_numpy(dataset.label_space.hoi_objects)
        self.view = CLIPView(size)
        self.load = LoadHOIImage(on_error, backend_args)

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int) -> Dict[str, Any]:
        """Regions of one image.

        Returns:
            dict: regions (uint8: (3P, 3, S, S), BGR), first those of all
            humans, then of all objects, then of both; pairs, hois and objects
            (int64: (R, )): the pair, HOI and object class of each row; and
            unread: paths of images that could not be read, one or none.
        """
        info = self.dataset.get_data_info(index)
        loaded = self.load(info) if info['pairs'] else None
        unread = [info['img_path']] if info['pairs'] and not loaded else []
        pairs = [] if unread else info['pairs']
        rows = [(i, hoi) for i, pair in enumerate(pairs)
                for hoi in pair['hois']]
        table = torch.tensor(rows, dtype=torch.long).reshape(-1, 2)
        return dict(
            regions=self._regions(pairs, info['instances'], loaded),
            pairs=table[:, 0],
            hois=table[:, 1],
            objects=self.hoi_objects[table[:, 1]],
            unread=unread)

    def _regions(self, pairs: List[dict], instances: List[dict],
                 loaded: Optional[dict]) -> Tensor:
        boxes: Dict[str, list] = dict(sub=[], obj=[], union=[])
        for pair in pairs:
            sub = np.array(instances[pair['sub_id']]['bbox'])
            obj = sub
            if pair['obj_id'] >= 0:
                obj = np.array(instances[pair['obj_id']]['bbox'])
            boxes['sub'].append(sub)
            boxes['obj'].append(obj)
            boxes['union'].append(
                np.concatenate([
                    np.minimum(sub[:2], obj[:2]),
                    np.maximum(sub[2:], obj[2:])
                ]))
        views = [
            self._view(loaded['img'], box) for kind in boxes.values()
            for box in kind
        ]
        size = self.view.size
        if not views:
            return torch.zeros(0, 3, size, size, dtype=torch.uint8)
        return torch.from_numpy(np.stack(views)).permute(0, 3, 1, 2)

    def _view(self, img: np.ndarray, box: Sequence[float]) -> np.ndarray:
        """Cut out a box (xyxy pixels), at least one pixel of the image."""
        height, width = img.shape[:2]
        x1, y1 = np.floor(box[:2]).astype(int).clip(0, (width - 1, height - 1))
        x2, y2 = np.ceil(box[2:]).astype(int)
        crop = img[y1:max(y2, y1 + 1), x1:max(x2, x1 + 1)]
        return self.view(dict(img=crop))['clip_img']
