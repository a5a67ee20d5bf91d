# Copyright (c) mmhoi contributors.
import torch
from mmcv.transforms import BaseTransform
from mmdet.structures.bbox import get_box_tensor
from mmengine.structures import InstanceData

from mmhoi.registry import TRANSFORMS


@TRANSFORMS.register_module()
class GTDetections(BaseTransform):
    """Give a two-stage detector the annotated boxes instead of detected ones.

    What it reaches with them is a bound of what better boxes could bring. It
    comes after `PackHOIInputs`.

    Required Keys:

    - data_samples (HOIDataSample: gt_instances; scale_factor, if
      `from_original`)

    Modified Keys:

    - data_samples: det_instances is added: bboxes (N, 4) xyxy in pixels of
      the input image, labels (N, ) and scores (N, ), all 1.

    Args:
        from_original (bool): Whether annotations are in pixels of the
            original image, as in test pipelines, where they are loaded after
            the resize. Defaults to False.
    """

    def __init__(self, from_original: bool = False) -> None:
        self.from_original = from_original

    def transform(self, results: dict) -> dict:
        """Add the boxes.

        Args:
            results (dict): What `PackHOIInputs` returns.

        Returns:
            dict: The same.

        Raises:
            KeyError: If it is not what `PackHOIInputs` returns, or the scale
                is unknown.
        """
        if 'data_samples' not in results:
            raise KeyError('GTDetections needs data_samples; put it after '
                           'PackHOIInputs')
        sample = results['data_samples']
        boxes = get_box_tensor(sample.gt_instances.bboxes).float()
        if self.from_original:
            if 'scale_factor' not in sample:
                raise KeyError(
                    'GTDetections(from_original=True) needs scale_factor, '
                    'which a resize writes and PackHOIInputs packs '
                    '(meta_keys)')
            boxes = boxes * torch.tensor(sample.scale_factor).repeat(2)
        sample.det_instances = InstanceData(
            bboxes=boxes,
            labels=sample.gt_instances.labels,
            scores=torch.ones(len(boxes)))
        return results

    def __repr__(self) -> str:
        return f'{type(self).__name__}(from_original={self.from_original})'
