# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.checkpoints.detector_classes import detector_classes
from mmhoi.checkpoints.fitting import check_not_official
from mmhoi.checkpoints.official.conversion import import_official
from mmhoi.checkpoints.official.detr import DETR
from mmhoi.checkpoints.official.identify import find_family
from mmhoi.label_spaces import load_label_space
from mmhoi.registry import HOOKS


@HOOKS.register_module()
class InitFromDETRHook(Hook):
    """Lets training start from a plain DETR: `load_from='detr.pth'`.

    A checkpoint with the parameter names of facebookresearch's or mmdet's
    DETR becomes initial weights of the detector, its queries included; one of
    another program is refused. tools/model_converters/convert.py does the
    same for files, with or without the queries.
    """

    # Before all hooks that compare weights with the model's.
    priority = 'VERY_HIGH'

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Turn the weights of a DETR into those of the detector.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint; it is changed.

        Raises:
            CheckpointMismatchError: If the weights are of another program.
        """
        model_cfg = runner.cfg.get('model') or {}
        if model_cfg.get('type') != 'QueryPairDetector':
            return
        state = checkpoint['state_dict']
        family = find_family(state)
        if isinstance(family, DETR):
            family = type(family)(True, detector_classes(checkpoint))
            state, _ = import_official(state, family, model_cfg)
            # Its rows are in the order of the model's classes now.
            space = load_label_space(model_cfg.bbox_head.label_space)
            checkpoint.clear()
            checkpoint.update(
                state_dict=state, meta=dict(dataset_meta=space.metainfo()))
        else:
            check_not_official(state)
