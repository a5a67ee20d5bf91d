# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.models.official import import_detr
from mmhoi.models.official.identify import find_family
from mmhoi.registry import HOOKS


@HOOKS.register_module()
class InitFromDETRHook(Hook):
    """Lets training start from a plain DETR: `load_from='detr.pth'`.

    A checkpoint with the parameter names of facebookresearch's or mmdet's
    DETR becomes initial weights of the detector, its queries included; others
    are left as they are. tools/model_converters/convert.py does the same for
    files, with or without the queries.
    """

    # Before all hooks that compare weights with the model's.
    priority = 'VERY_HIGH'

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Turn the weights of a DETR into those of the detector.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint; it is changed.
        """
        model_cfg = runner.cfg.get('model') or {}
        if model_cfg.get('type') != 'QueryPairDetector':
            return
        state = checkpoint.get('state_dict', checkpoint)
        family = find_family(state)
        if family in ('detr', 'mmdet_detr'):
            state = import_detr(state, family, model_cfg, keep_queries=True)
            checkpoint.clear()
            checkpoint.update(state_dict=state, meta={})
