# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.model.efficient_conv_bn_eval import \
    turn_on_efficient_conv_bn_eval
from mmengine.runner import Runner

from mmhoi.registry import HOOKS
from .model_wrapper import unwrap


@HOOKS.register_module()
class FoldNormsHook(Hook):
    """Trains batch norms in eval mode as part of the convolutions before.

    DETR-like detectors never update the statistics of the backbone's norms.
    Such a norm is a factor for the weights of a convolution and a bias, so
    its input need not be stored for the backward pass (mmengine's
    `efficient_conv_bn_eval`). Outputs, gradients, parameters and their names
    are the same. Norms that are in training mode are not touched.

    A backbone with activation checkpointing (`with_cp`) or under FSDP stays
    as it is.
    """

    def before_train(self, runner: Runner) -> None:
        """Change the forward of the backbone.

        Args:
            runner (Runner): The runner of the training process.
        """
        model = unwrap(runner.model)
        # FSDP hands attributes of the model on, but splits their parameters.
        if is_model_wrapper(model):
            return
        backbone = getattr(model, 'backbone', None)
        if backbone is not None and not getattr(backbone, 'with_cp', False):
            turn_on_efficient_conv_bn_eval(model, 'backbone')
