# Copyright (c) mmhoi contributors.
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.checkpoints import keep_known_rows
from mmhoi.checkpoints.class_record import KEY, class_record
from mmhoi.label_spaces import ClassNames, split_key
from mmhoi.label_spaces.class_names import describe_difference
from mmhoi.registry import HOOKS
from mmhoi.utils.setup_error import SetupError
from .model_wrapper import whole


# Configs of earlier versions have the second name.
@HOOKS.register_module(['ClassGuardHook', 'ClassCheckHook'])
class ClassGuardHook(Hook):
    """Keeps classes together that belong together.

    The model and the data set must have the same classes in the same order.

    A module of the model is checked if it has the attribute `num_hois`; the
    data set's number is the length of `hoi_classes` in its metainfo. With a
    `label_space` of the module the names of objects, verbs and HOIs must be
    equal, too, and in training the attributes `zero_shot_split` of both, if
    they have one.

    Weights for other classes than the model's may be as many by chance: rows
    are taken from a checkpoint by the names of their classes, see
    :func:`mmhoi.checkpoints.keep_known_rows`. Checkpoints that are written
    carry the classes of the model.
    """

    # Before other hooks use the weights; after those that turn or refuse them.
    priority = 'ABOVE_NORMAL'

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Take out the rows of classes that the model has not.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint; it is changed.
        """
        keep_known_rows(whole(runner.model), checkpoint)

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Let the checkpoint carry its classes, not the path of a file.

        Args:
            runner (Runner): The runner that saves the checkpoint.
            checkpoint (dict): The checkpoint; its `meta` is changed.
        """
        head = getattr(whole(runner.model), 'hoi_head', None)
        if head is not None:
            checkpoint['meta'][KEY] = class_record(head)

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
        """Raise a SetupError where the classes differ."""
        names = ClassNames.of_metainfo(dataset.metainfo)
        kind = type(dataset).__name__
        classes = names.hois or ()
        for name, module in model.named_modules():
            num_hois = getattr(module, 'num_hois', len(classes))
            if classes and num_hois != len(classes):
                raise SetupError(
                    f'model.{name} has {num_hois} HOI classes, but '
                    f'{kind} has {len(classes)}. Set '
                    f'`label_space` of the head to that of {loader}.dataset.')
            if not hasattr(module, 'label_space'):
                continue
            difference = describe_difference(
                ClassNames.of_space(module.label_space), names,
                ('the model', kind))
            if difference is not None:
                raise SetupError(
                    f'model.{name} and {kind} have other classes: '
                    f'{difference}. Set `label_space` of the head to that of '
                    f'{loader}.dataset.')

    @staticmethod
    def _check_split(model, dataset) -> None:
        """Raise a SetupError where the zero-shot splits differ."""
        if not hasattr(dataset, 'zero_shot_split'):
            return
        split = dataset.zero_shot_split
        for name, module in model.named_modules():
            used = getattr(module, 'zero_shot_split', split)
            if split_key(used) != split_key(split):
                raise SetupError(
                    f'model.{name} has zero_shot_split={used!r}, but the '
                    f'training data has {split!r}. Set `zero_shot_split` of '
                    'the head and of train_dataloader.dataset to the same.')
