# Copyright (c) mmhoi contributors.
from abc import abstractmethod
from typing import Any, ClassVar, Dict, List, NamedTuple, Optional, Tuple, Type

from mmdet.models.detectors.base import BaseDetector
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.structures import OptSampleList, SampleList


class AttentionSources(NamedTuple):
    """Where the attention of a detector can be read.

    Attributes:
        instance (nn.Module): Cross-attention over the memory of the layer
            that finds humans and objects.
        interaction (nn.Module, optional): Cross-attention of the layer that
            reads interactions; None if the method has no such layer.
        looks_at (tuple[str]): What `interaction` attends to, one call after
            the other: `memory`, `clip`.
        feature_map (nn.Module): Its last output, (B, D, h, w), is the memory
            before it is flattened.
        clip_view (nn.Module, optional): Its input is CLIP's view of the
            images, (B, 3, S, S); None without CLIP.
    """
    instance: nn.Module
    interaction: Optional[nn.Module]
    looks_at: Tuple[str, ...]
    feature_map: nn.Module
    clip_view: Optional[nn.Module]


class HOIDetector(BaseDetector):
    """What the toolbox asks of every detector of human-object interactions.

    Training, tests, inference, export and acceleration know a model through
    this class alone. Batch inputs are a dict with img (B, 3, H, W) and, if
    CLIP has to see the images, clip_img (B, 3, S, S), both normalised.

    Attributes:
        COMPILE_PARTS (tuple[str]): Names of the modules in which the time
            goes, for `torch.compile`.
        FSDP_LAYERS (tuple[type]): Classes of the layers that FSDP gathers one
            by one.
        TAKES_BOXES (bool): Whether pairs can be made of boxes that come with
            the images (`data_sample.det_instances`).
    """

    COMPILE_PARTS: ClassVar[Tuple[str, ...]] = ()
    FSDP_LAYERS: ClassVar[Tuple[Type[nn.Module], ...]] = ()
    TAKES_BOXES: ClassVar[bool] = False

    @property
    def optional_weights(self) -> Tuple[str, ...]:
        """tuple[str]: Starts of names that a checkpoint need not have."""
        return ()

    @property
    def object_weights(self) -> Tuple[str, ...]:
        """tuple[str]: Starts of names of weights that number the objects.

        Beside those in `class_rows` of the head: of a detector, say, whose
        rows nobody knows.
        """
        return ()

    @property
    @abstractmethod
    def hoi_head(self) -> nn.Module:
        """nn.Module: The part that knows the classes: its `label_space`."""

    def attention_sources(self) -> AttentionSources:
        """Where attention can be read.

        Raises:
            TypeError: If the method has no attention over the image.
        """
        raise TypeError(f'{type(self).__name__} has no attention over the '
                        'image that could be shown')

    def drop_training_parts(self) -> None:
        """Give up parts that prediction does not use."""

    @abstractmethod
    def head_inputs(self, batch_inputs: Dict[str, Tensor],
                    batch_data_samples: SampleList) -> Dict[str, Any]:
        """Everything before the head.

        Args:
            batch_inputs (dict): See the class.
            batch_data_samples (list[HOIDataSample]): With the image sizes.

        Returns:
            dict: Arguments of `loss` and `predict` of :attr:`hoi_head`.
        """

    def loss(self, batch_inputs: Dict[str, Tensor],
             batch_data_samples: SampleList) -> Dict[str, Tensor]:
        """Losses of a batch.

        Args:
            batch_inputs (dict): See the class.
            batch_data_samples (list[HOIDataSample]): With `gt_hoi_instances`.

        Returns:
            dict[str, Tensor]: Scalars by name.
        """
        inputs = self.head_inputs(batch_inputs, batch_data_samples)
        return self.hoi_head.loss(batch_data_samples, **inputs)

    def predict(self,
                batch_inputs: Dict[str, Tensor],
                batch_data_samples: SampleList,
                rescale: bool = True) -> SampleList:
        """Predict the pairs of a batch.

        Args:
            batch_inputs (dict): See the class.
            batch_data_samples (list[HOIDataSample]): With the image sizes.
            rescale (bool): Boxes in original-image pixels instead of
                input-image pixels. Defaults to True.

        Returns:
            list[HOIDataSample]: The samples with `pred_hoi_instances`.
        """
        inputs = self.head_inputs(batch_inputs, batch_data_samples)
        results = self.hoi_head.predict(
            batch_data_samples, rescale=rescale, **inputs)
        return self.add_pred_to_datasample(batch_data_samples, results)

    @abstractmethod
    def _forward(
            self,
            batch_inputs: Dict[str, Tensor],
            batch_data_samples: OptSampleList = None) -> Dict[str, Tensor]:
        """Raw outputs of the head (`mode='tensor'`)."""

    def add_pred_to_datasample(self, data_samples: SampleList,
                               results_list: List[InstanceData]) -> SampleList:
        """Store each image's predicted pairs in its data sample."""
        for data_sample, results in zip(data_samples, results_list):
            data_sample.pred_hoi_instances = results
        return data_samples
