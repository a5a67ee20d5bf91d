# Copyright (c) mmhoi contributors.
from mmdet.utils import OptConfigType
from torch import nn

from mmhoi.registry import MODELS
from ..class_set import ClassSet


@MODELS.register_module()
class LinearObjectClassifier(nn.Linear):
    """Object logits by a linear layer, as in DETR and QPIC.

    Args:
        embed_dims (int): Width D of the object states.
        classes (ClassSet): The classes.
        clip (dict, optional): Not used: there are no texts.

    Examples:
        >>> import torch
        >>> from mmhoi.models.heads.class_set import load_class_set
        >>> classify = LinearObjectClassifier(8, load_class_set('hico_det'))
        >>> classify(torch.rand(2, 5, 8)).shape
        torch.Size([2, 5, 81])
    """

    CLASS_ROWS = dict(weight='objects', bias='objects')

    def __init__(self,
                 embed_dims: int,
                 classes: ClassSet,
                 clip: OptConfigType = None) -> None:
        super().__init__(embed_dims, len(classes.label_space.object_prompts))
