# Copyright (c) mmhoi contributors.
from typing import NamedTuple, Optional, Sequence

from mmdet.utils import ConfigType
from torch import nn

from mmhoi.checkpoints import CheckpointMismatchError, read_checkpoint
from mmhoi.checkpoints.detector_classes import check_detector_classes
from mmhoi.checkpoints.fitting import describe_mismatch, weight_shapes
from mmhoi.checkpoints.official.detr_detector import detector_state


class DetectorWeights(NamedTuple):
    """Weights that a box detector starts from.

    mmengine's `Pretrained` only logs what a checkpoint lacks: pairs of the
    random boxes of a detector without classifier would look like bad luck.

    Attributes:
        checkpoint (str): File, or address such as `mmhoi://...`.
    """
    checkpoint: str

    @classmethod
    def take(cls, detector: ConfigType) -> Optional['DetectorWeights']:
        """Take the weights out of a detector's config.

        Args:
            detector (dict): Config; its `init_cfg` is removed if it is of the
                type `Pretrained`.

        Returns:
            DetectorWeights | None: Them, None if the config names none.
        """
        init_cfg = detector.get('init_cfg')
        if not isinstance(init_cfg,
                          dict) or init_cfg.get('type') != 'Pretrained':
            return None
        del detector['init_cfg']
        return cls(init_cfg['checkpoint'])

    def load(self, detector: nn.Module, objects: Sequence[str]) -> None:
        """Load all weights of a detector.

        Args:
            detector (nn.Module): It gets them.
            objects (Sequence[str]): What the model takes its labels for.

        Raises:
            FileNotFoundError: If there is no such checkpoint.
            CheckpointError: If it cannot be read, lacks weights or has them
                in another shape, or was trained for other objects.
        """
        try:
            checkpoint = read_checkpoint(self.checkpoint)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f'no weights of the box detector: {error}; give '
                'model.detector.init_cfg.checkpoint the file of a trained '
                'detector') from error
        wanted = weight_shapes(detector.state_dict())
        state = {
            name: value
            for name, value in detector_state(
                checkpoint['state_dict']).items() if name in wanted
        }
        report = describe_mismatch(wanted, weight_shapes(state))
        if report is not None:
            raise CheckpointMismatchError(
                f'{self.checkpoint} does not fit model.detector: {report}')
        # One with other numbers of classes has no labels of these objects.
        check_detector_classes(checkpoint, objects)
        detector.load_state_dict(state, strict=False)
