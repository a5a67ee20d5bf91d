# Copyright (c) mmhoi contributors.
import logging

from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from mmhoi.checkpoints.fitting import describe_difference
from mmhoi.registry import HOOKS
from mmhoi.utils.setup_error import SetupError

#: Kinds of classes and their names in the metainfo of a data set.
_META_KEYS = dict(objects='classes', verbs='verb_classes', hois='hoi_classes')


# Configs of earlier versions have the second name.
@HOOKS.register_module(['ClassGuardHook', 'ClassCheckHook'])
class ClassGuardHook(Hook):
    """Keeps classes together that belong together.

    The model and the data set must have the same HOI classes.

    A module of the model is checked if it has the attribute `num_hois`; the
    data set's number is the length of `hoi_classes` in its metainfo. With a
    `label_space` of the module the names must be equal, too, and in training
    the attributes `zero_shot_split` of both, if they have one. `class_rows`
    of a head names its weights with a row for each class.

    Weights for other classes than the model's may be as many by chance; they
    are taken out of a checkpoint, so that the model keeps its own.
    """

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Take out the weights of classes with other names.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint; it is changed.
        """
        meta = checkpoint['meta'].get('dataset_meta') or {}
        weights = checkpoint['state_dict']
        model = runner.model
        model = model.module if is_model_wrapper(model) else model
        for name, module in model.named_modules():
            for row, kind in getattr(module, 'class_rows', {}).items():
                own = getattr(module.label_space, kind)
                if tuple(meta.get(_META_KEYS[kind], own)) == own:
                    continue
                if weights.pop(f'{name}.{row}', None) is not None:
                    print_log(
                        f'{name}.{row} keeps its own {kind}; those of the '
                        'checkpoint have other names',
                        logger='current',
                        level=logging.WARNING)

    def before_train(self, runner: Runner) -> None:
        """Check against the training data set.

        Args:
            runner (Runner): The runner of the training process.
        """
        dataset = runner.train_dataloader.dataset
        self._check(runner.model, dataset, 'train_dataloader')
        self._check_split(runner.model, dataset)

    def before_val(self, runner: Runner) -> None:
        """Check against the validation data set.

        Args:
            runner (Runner): The runner of the validation process.
        """
        self._check(runner.model, runner.val_dataloader.dataset,
                    'val_dataloader')

    def before_test(self, runner: Runner) -> None:
        """Check against the test data set.

        Args:
            runner (Runner): The runner of the testing process.
        """
        self._check(runner.model, runner.test_dataloader.dataset,
                    'test_dataloader')

    @staticmethod
    def _check(model, dataset, loader: str) -> None:
        """Raise a SetupError where the numbers differ."""
        classes = dataset.metainfo.get('hoi_classes')
        if classes is None:
            return
        for name, module in model.named_modules():
            num_hois = getattr(module, 'num_hois', len(classes))
            if num_hois != len(classes):
                raise SetupError(
                    f'model.{name} has {num_hois} HOI classes, but '
                    f'{type(dataset).__name__} has {len(classes)}. Set '
                    f'`label_space` of the head to that of {loader}.dataset.')
            difference = describe_difference(module, classes)
            if difference is not None:
                raise SetupError(
                    f'model.{name} and {type(dataset).__name__} have other '
                    f'HOI classes: {difference}. Set `label_space` of the '
                    f'head to that of {loader}.dataset.')

    @staticmethod
    def _check_split(model, dataset) -> None:
        """Raise a SetupError where the zero-shot splits differ."""
        if not hasattr(dataset, 'zero_shot_split'):
            return
        split = dataset.zero_shot_split
        for name, module in model.named_modules():
            used = getattr(module, 'zero_shot_split', split)
            if used != split:
                raise SetupError(
                    f'model.{name} has zero_shot_split={used!r}, but the '
                    f'training data has {split!r}. Set `zero_shot_split` of '
                    'the head and of train_dataloader.dataset to the same.')
