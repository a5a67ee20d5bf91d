# Copyright (c) mmhoi contributors.
from typing import Dict, NamedTuple, Optional

from mmdet.utils import ConfigType
from mmengine.runner.checkpoint import CheckpointLoader
from torch import Tensor, nn

from mmhoi.checkpoints.official.upt import detector_state


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

    def load(self, detector: nn.Module) -> None:
        """Load all weights of a detector.

        Args:
            detector (nn.Module): It gets them.

        Raises:
            FileNotFoundError: If there is no such checkpoint.
            ValueError: If it lacks weights or has them in another shape.
        """
        try:
            content = CheckpointLoader.load_checkpoint(
                self.checkpoint, map_location='cpu')
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f'no weights of the box detector: {error}; give '
                'model.detector.init_cfg.checkpoint the file of a trained '
                'detector') from error
        state = detector_state(content.get('state_dict', content))
        self._check(detector.state_dict(), state)
        detector.load_state_dict(state, strict=False)

    def _check(self, wanted: Dict[str, Tensor], given: Dict[str,
                                                            Tensor]) -> None:
        wrong = [
            f'{name} {_shape(given.get(name))} instead of {_shape(value)}'
            for name, value in wanted.items()
            if not name.endswith('num_batches_tracked')
            and _shape(given.get(name)) != _shape(value)
        ]
        if wrong:
            raise ValueError(
                f'{self.checkpoint} does not fit model.detector: {len(wrong)} '
                f'of {len(wanted)} weights differ, the first are '
                f'{"; ".join(wrong[:3])}')


def _shape(value: Optional[Tensor]) -> str:
    return 'missing' if value is None else str(tuple(value.shape))
