# Copyright (c) mmhoi contributors.
import inspect
from copy import deepcopy
from operator import itemgetter
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Type

import torch
from mmdet.models.backbones.resnet import BasicBlock, Bottleneck, ResNet
from mmdet.models.detectors import DETR
from mmdet.models.layers import (DetrTransformerDecoderLayer,
                                 DetrTransformerEncoderLayer)
from mmdet.utils import ConfigType, OptConfigType, OptMultiConfig
from mmengine.structures import InstanceData
from torch import Tensor, nn

from mmhoi.registry import MODELS, TASK_UTILS
from mmhoi.structures import (HOIDataSample, OptSampleList, PairProposals,
                              SampleList)
from mmhoi.utils.setup_error import SetupError
from ..instance_features import ImageMaps
from ..utils.padding_mask import padding_mask, shrink_mask
from .base import HOIDetector
from .detector_reading import DetectorOutputs, read_detector
from .detector_weights import DetectorWeights
from .given_boxes import given_boxes


class PairInputs(NamedTuple):
    """What an interaction head gets; its arguments are explained there.

    Attributes:
        tokens (list): What `instance_features` makes of each image: tokens of
            its boxes, (N, D), or more.
        proposals (list[PairProposals]): Boxes and pairs of each image.
        feature_maps (tuple[Tensor]): Of the padded images, those of the
            backbone that the head chooses, fine to coarse, (B, C, h, w).
        img_sizes (Tensor): Height and width without padding, (B, 2).
        map_mask (Tensor, optional): True where the finest map shows
            padding, (B, h, w); None if no image is padded.
    """
    tokens: List[Any]
    proposals: List[PairProposals]
    feature_maps: Tuple[Tensor, ...]
    img_sizes: Tensor
    map_mask: Optional[Tensor]


@MODELS.register_module()
class TwoStageHOIDetector(HOIDetector):
    r"""Boxes first, then the interactions of pairs of them.

    The parts are named by the config; this class wires them. UPT
    (https://arxiv.org/abs/2112.01838) and PViC
    (https://arxiv.org/abs/2308.06202) are such configs.

    .. code:: text

        img ─ detector ──── feature maps ─────────┐
                 │ boxes, or those of             V
                 V the data samples       instance features
           pair proposer ─ boxes, pairs ────┐     │ tokens of the boxes
                                            V     V
                                       interaction head: verbs of pairs

    Boxes that come with the data samples (`det_instances`: bboxes xyxy in
    pixels of the input image, labels, scores) are used instead of the
    detector's.

    Args:
        pair_proposer (dict): Config of what makes pairs of boxes, such as
            `HumanObjectPairs`.
        instance_features (dict): Config of what gives boxes their tokens:
            `QueryInstanceFeatures` or `RoIInstanceFeatures`.
        interaction_head (dict): Config of the head, `UPTHead` or
            `PViCHead`.
        train_pair_sampler (dict, optional): Config of what makes the pairs of
            a training image, of its boxes and its annotations, such as
            `JitterPairSampler`. Defaults to None: `pair_proposer`, as in
            tests.
        detector (dict, optional): Config of a detector in mmdet's manner;
            None if boxes come with the data samples. What its `init_cfg` of
            type `Pretrained` names must have all of its weights. Defaults to
            None.
        freeze_detector (bool): Whether the detector stays as it is, in eval
            mode: unlike in the official code of UPT, it has no dropout in
            training. Otherwise its features are trained, its boxes are not.
            Defaults to True.
        data_preprocessor (dict, optional): Config of the data preprocessor.
        train_cfg (dict, optional): Training config, passed to the head.
        test_cfg (dict, optional): Testing config, passed to the head.
        init_cfg (dict, optional): Initialisation config.

    Raises:
        ValueError: If the parts do not fit each other.
        SetupError: If an argument is unknown.
    """

    COMPILE_PARTS = ('detector.backbone', 'detector.encoder',
                     'detector.decoder')
    TAKES_BOXES = True

    def __init__(self,
                 pair_proposer: ConfigType,
                 instance_features: ConfigType,
                 interaction_head: ConfigType,
                 train_pair_sampler: OptConfigType = None,
                 detector: OptConfigType = None,
                 freeze_detector: bool = True,
                 data_preprocessor: OptConfigType = None,
                 train_cfg: OptConfigType = None,
                 test_cfg: OptConfigType = None,
                 init_cfg: OptMultiConfig = None,
                 **unknown: Any) -> None:
        if unknown:
            allowed = [
                name for name in inspect.signature(type(self)).parameters
                if name != 'unknown'
            ]
            raise SetupError(
                f'{type(self).__name__} has no argument {", ".join(unknown)}; '
                f'allowed in `model`: {", ".join(allowed)}')
        super().__init__(
            data_preprocessor=data_preprocessor, init_cfg=init_cfg)
        self.freeze_detector = freeze_detector
        self.detector = self.detector_weights = None
        if detector is not None:
            # mmdet's transformer layers write into the configs they get.
            detector = deepcopy(detector)
            self.detector_weights = DetectorWeights.take(detector)
            self.detector = MODELS.build(detector)
            self._check_normalisation()
        self.propose_pairs = TASK_UTILS.build(pair_proposer)
        self.sample_pairs = train_pair_sampler and TASK_UTILS.build(
            train_pair_sampler)
        self.instance_features = MODELS.build(instance_features)
        self.instance_features.check_detector(self.detector)
        self.interaction_head = MODELS.build(
            dict(train_cfg=train_cfg, test_cfg=test_cfg, **interaction_head))
        if self.detector is not None and freeze_detector:
            self.detector.requires_grad_(False)
            self.detector.eval()
        # As in QueryPairDetector: faster convolutions. Heads of other
        # detectors may rely on PyTorch's own order.
        for part in self.detector, self.instance_features.backbone:
            if isinstance(part, (DETR, ResNet)):
                part.to(memory_format=torch.channels_last)

    @property
    def FSDP_LAYERS(self) -> Tuple[Type[nn.Module], ...]:
        """tuple[type]: Layers of detectors, and those that the head names."""
        return (BasicBlock, Bottleneck, DetrTransformerDecoderLayer,
                DetrTransformerEncoderLayer,
                *getattr(self.interaction_head, 'FSDP_LAYERS', ()))

    def _check_normalisation(self) -> None:
        """The detector sees the images as this model's preprocessor has them.

        Raises:
            ValueError: If its own preprocessor does something else.
        """
        own = self.detector.data_preprocessor
        for name in ('mean', 'std', '_channel_conversion'):
            wanted = getattr(own, name, None)
            given = getattr(self.data_preprocessor, name, None)
            if hasattr(own, name) and not (given is not None and torch.equal(
                    torch.as_tensor(given), torch.as_tensor(wanted))):
                raise ValueError(
                    'detector.data_preprocessor and model.data_preprocessor '
                    f'differ in {name.strip("_")}; only the latter is used: '
                    'make them equal, or leave the former out')

    def init_weights(self) -> None:
        """Initialise weights; those of the detector must come complete."""
        super().init_weights()
        if self.detector_weights is not None:
            self.detector_weights.load(
                self.detector, self.interaction_head.label_space.objects)

    def train(self, mode: bool = True) -> 'TwoStageHOIDetector':
        """Switch between training and testing; a frozen detector tests."""
        super().train(mode)
        if self.detector is not None and self.freeze_detector:
            self.detector.eval()
        return self

    @property
    def hoi_head(self) -> nn.Module:
        """nn.Module: The head."""
        return self.interaction_head

    @property
    def object_weights(self) -> Tuple[str, ...]:
        """tuple[str]: The detector's: its labels are numbers of objects."""
        return () if self.detector is None else ('detector.', )

    def extract_feat(self, batch_inputs: Dict[str, Tensor]) -> ImageMaps:
        """Feature maps of a batch, without a DETR's encoder."""
        return self._detect(batch_inputs['img'], [], with_boxes=False).maps

    def _detect(self, img: Tensor, samples: SampleList,
                with_boxes: bool) -> DetectorOutputs:
        """Feature maps and, if the detector has to find them, boxes."""
        own = self.instance_features.backbone
        if own is not None:
            maps = ImageMaps(tuple(own(img)))
            if not with_boxes:
                return DetectorOutputs(maps, None)
        with torch.set_grad_enabled(torch.is_grad_enabled()
                                    and not self.freeze_detector):
            outputs = read_detector(
                self.detector, img, samples, with_boxes,
                bool(samples) and self.instance_features.source == 'memory')
        return outputs if own is None else outputs._replace(maps=maps)

    def feature_maps(self, batch_inputs: Dict[str, Tensor],
                     batch_data_samples: SampleList) -> ImageMaps:
        """Feature maps of a batch, as `instance_features` takes them.

        Args:
            batch_inputs (dict): img (B, 3, H, W), normalised and padded.
            batch_data_samples (list[HOIDataSample]): With the image sizes.

        Returns:
            ImageMaps: The maps.
        """
        return self._detect(
            batch_inputs['img'], batch_data_samples, with_boxes=False).maps

    def pair_inputs(self, batch_inputs: Dict[str, Tensor],
                    batch_data_samples: SampleList) -> PairInputs:
        """Everything before the head.

        Args:
            batch_inputs (dict): img (B, 3, H, W), normalised and padded.
            batch_data_samples (list[HOIDataSample]): Their meta information
                holds `batch_input_shape` and `img_shape`; with or without
                `det_instances`.

        Returns:
            PairInputs: Inputs of the head.

        Raises:
            ValueError: If there are no boxes, or they are of no use.
        """
        img = batch_inputs['img']
        boxes = given_boxes(batch_data_samples,
                            len(self.interaction_head.label_space.objects))
        if boxes is None and self.detector is None:
            raise ValueError(
                'there are no boxes: model.detector is None and the data '
                'samples have no det_instances; configure a detector, or add '
                'a transform that loads boxes, such as LoadDetections')
        maps, instances = self._detect(img, batch_data_samples, boxes is None)
        instances = boxes if boxes is not None else instances
        instances = [
            _detached(image, sample.img_shape[:2])
            for image, sample in zip(instances, batch_data_samples)
        ]
        if self.training and self.sample_pairs is not None:
            chosen, proposals = zip(
                *map(self.sample_pairs, instances, batch_data_samples))
        else:
            chosen, proposals = zip(*map(self.propose_pairs, instances))
        # A head that does not choose looks at the coarsest one.
        choose_maps = getattr(self.interaction_head, 'choose_maps',
                              itemgetter(slice(-1, None)))
        feature_maps = choose_maps(maps.backbone)
        mask = padding_mask(batch_data_samples, img.device)
        if mask is not None:
            mask = shrink_mask(mask, *feature_maps[0].shape[-2:])
        return PairInputs(
            tokens=self.instance_features(maps, list(chosen), list(proposals)),
            proposals=list(proposals),
            feature_maps=feature_maps,
            img_sizes=torch.tensor(
                [sample.img_shape[:2] for sample in batch_data_samples],
                device=img.device),
            map_mask=mask)

    def head_inputs(self, batch_inputs: Dict[str, Tensor],
                    batch_data_samples: SampleList) -> Dict[str, Any]:
        """`pair_inputs` by name; see the base class."""
        return self.pair_inputs(batch_inputs, batch_data_samples)._asdict()

    def _forward(
            self,
            batch_inputs: Dict[str, Tensor],
            batch_data_samples: OptSampleList = None) -> Dict[str, Tensor]:
        """Raw outputs of the head (`mode='tensor'`).

        Without data samples all of `img` counts as image, none as padding.
        """
        if batch_data_samples is None:
            shape = tuple(batch_inputs['img'].shape[-2:])
            meta = dict(batch_input_shape=shape, img_shape=shape)
            batch_data_samples = [
                HOIDataSample(metainfo=meta) for _ in batch_inputs['img']
            ]
        return self.interaction_head(
            **self.head_inputs(batch_inputs, batch_data_samples))


def _detached(instances: InstanceData, img_shape: Tuple[int,
                                                        int]) -> InstanceData:
    """Boxes and scores without gradient: a head does not move them."""
    instances.set_metainfo(dict(img_shape=img_shape))
    for name in ('bboxes', 'scores'):
        instances.set_field(instances[name].detach(), name)
    return instances
