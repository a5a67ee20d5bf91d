# Copyright (c) mmhoi contributors.
"""What the toolbox asks of a kind of checkpoint that others have made."""
from abc import ABC, abstractmethod
from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple

from mmengine.config import ConfigDict
from torch import Tensor

from mmhoi.label_spaces import LABEL_SPACES, load_label_space
from .extras import collect_extras
from .renaming import COUNTER, Renaming


class Family(ABC):
    """Checkpoints of another program that become ones of mmhoi.

    A family is one class in one file, registered in `identify.FAMILIES`. This
    one is for weights that a training starts from; for whole models see
    :class:`OfficialMethod`.

    Attributes:
        name (str): What the converter's options call it.
        title (str): What messages call it.
        mark (str): Start of a parameter's name by which it is recognised,
            after all families before it in `FAMILIES`.
        is_partial (bool): Whether the weights may be a part of our model's.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    mark: ClassVar[str]
    is_partial: ClassVar[bool] = True

    def matches(self, state_dict: Mapping[str, Any]) -> bool:
        """Whether weights have this family's names."""
        return any(name.startswith(self.mark) for name in state_dict)

    def default_config(self, state_dict: Dict[str, Tensor]) -> Optional[str]:
        """Path below `configs/` of the config for a checkpoint.

        Args:
            state_dict (dict[str, Tensor]): Weights with official names.

        Returns:
            str | None: The path, whose file need not exist; None if the
            weights do not tell.

        Raises:
            ValueError: If there is no config for such classes.
        """
        return None

    def model_options(self, state_dict: Dict[str, Tensor]) -> Dict[str, Any]:
        """What a checkpoint needs in the config of its model.

        Args:
            state_dict (dict[str, Tensor]): Weights with official names.

        Returns:
            dict[str, Any]: Options for `Config.merge_from_dict`.

        Raises:
            ValueError: If the classes are unknown.
        """
        return {}

    def shared(self, tensors: Mapping[str, Any]) -> Dict[str, Any]:
        """What of our model the official one has a counterpart for.

        Args:
            tensors (dict): Anything by our parameter names.

        Returns:
            dict: A part of it.
        """
        return dict(tensors)

    def collect_extras(self, state_dict: Dict[str, Tensor]) -> Optional[Dict]:
        """What is lost on the way to our model and needed on the way back.

        Args:
            state_dict (dict[str, Tensor]): Weights with official names.

        Returns:
            dict | None: For `OfficialMethod.to_official`.
        """
        return None

    @abstractmethod
    def to_ours(self, state_dict: Dict[str, Tensor],
                model_cfg: ConfigDict) -> Dict[str, Tensor]:
        """Turn official weights into those of our model.

        Args:
            state_dict (dict[str, Tensor]): Weights with official names.
            model_cfg (dict): Config of our model, with `model_options`.

        Returns:
            dict[str, Tensor]: Weights with our names.

        Raises:
            KeyError: If a parameter is unknown.
            ValueError: If the config is of another method or other classes.
        """


class OfficialMethod(Family):
    """A whole model of another program, which can be had both ways.

    Attributes:
        renaming (Renaming): Names that correspond one to one, and names that
            have no counterpart.
        state_key (str): Where the official program looks for the weights.
        left_out (tuple[str]): Starts of the names of our weights without a
            counterpart.
    """

    is_partial = False
    renaming: ClassVar[Renaming]
    state_key: ClassVar[str] = 'model'
    left_out: ClassVar[Tuple[str, ...]] = ()

    def shared(self, tensors: Mapping[str, Any]) -> Dict[str, Any]:
        """As in :class:`Family`: all but BatchNorm's counters, `left_out`."""
        return {
            name: value
            for name, value in tensors.items() if not name.endswith(COUNTER)
            and not name.startswith(self.left_out)
        }

    def collect_extras(self, state_dict: Dict[str, Tensor]) -> Dict:
        """As in :class:`Family`: what has no counterpart, types, order."""
        return collect_extras(state_dict, self.renaming)

    def new_extras(self, state_dict: Dict[str, Tensor],
                   model_cfg: ConfigDict) -> Optional[Dict]:
        """Make what `collect_extras` would keep, for a model trained here.

        Args:
            state_dict (dict[str, Tensor]): Weights of our model.
            model_cfg (dict): Its config.

        Returns:
            dict | None: `tensors` and an empty `dtypes`.
        """
        return None

    @abstractmethod
    def check_model(self, model_cfg: ConfigDict) -> None:
        """Refuse the config of another method.

        Args:
            model_cfg (dict): Config of our model.

        Raises:
            ValueError: If the official code has no such model.
        """

    @abstractmethod
    def to_official(self,
                    state_dict: Dict[str, Tensor],
                    model_cfg: ConfigDict,
                    extras: Optional[Dict] = None) -> Dict[str, Tensor]:
        """Give the weights of our model their official names.

        Args:
            state_dict (dict[str, Tensor]): Of our model, without what is not
                `shared`.
            model_cfg (dict): Its config.
            extras (dict, optional): Of `collect_extras` or `new_extras`.

        Returns:
            dict[str, Tensor]: State dict of the official model.

        Raises:
            KeyError: If a parameter has no official name.
            ValueError: If the official code has no such model.
        """


def head_cfg(model_cfg: ConfigDict) -> ConfigDict:
    """Config of the part of a model that knows the classes of pairs."""
    return model_cfg.get('interaction_head') or model_cfg.bbox_head


def label_space_of_size(kind: str, count: int) -> str:
    """Name of the label space with as many classes as a checkpoint.

    Args:
        kind (str): Which classes, `hois` or `verbs`.
        count (int): Their number.

    Returns:
        str: A name of `LABEL_SPACES`.

    Raises:
        ValueError: If no label space has as many.

    Examples:
        >>> label_space_of_size('verbs', 29)
        'vcoco'
    """
    sizes = {
        name: len(getattr(load_label_space(name), kind))
        for name in LABEL_SPACES
    }
    for name, size in sizes.items():
        if size == count:
            return name
    known = ', '.join(f'{size} ({name})' for name, size in sizes.items())
    raise ValueError(f'the checkpoint has {count} {kind}; known are {known}')
