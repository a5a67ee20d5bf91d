# Copyright (c) mmhoi contributors.
import warnings

from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.checkpoints import keep_known_rows
from mmhoi.checkpoints.class_record import KEY, class_record
from mmhoi.label_spaces import ClassNames
from mmhoi.label_spaces.class_names import describe_difference
from mmhoi.models.vision_language.trained_clip import KEY as CLIP_KEY
from mmhoi.models.vision_language.trained_clip import (clip_identity,
                                                       may_be_same)
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
    carry the classes of the model, and the identity of the CLIP that encoded
    their texts if it is one and known; weights of another are warned of.
    """

    # Before other hooks use the weights; after those that turn or refuse them.
    priority = 'ABOVE_NORMAL'

    def __init__(self) -> None:
        # Of the CLIP whose texts the model has.
        self._clip = ''
        self._has_texts_of_others = False

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Take out the rows of classes that the model has not.

        Args:
            runner (Runner): The runner that loads the checkpoint.
            checkpoint (dict): The checkpoint; it is changed.
        """
        model = whole(runner.model)
        keep_known_rows(model, checkpoint)
        clip = getattr(getattr(model, 'hoi_head', None), 'clip', None)
        if not clip or not any('texts.' in x
                               for x in checkpoint['state_dict']):
            return
        noted, own = checkpoint['meta'].get(CLIP_KEY, ''), clip_identity(clip)
        self._has_texts_of_others = noted != own
        if noted and own and not may_be_same(noted, own):
            warnings.warn(
                f'the checkpoint was trained with another CLIP ({noted}) than '
                f'`model.clip` of the config ({own}): its text embeddings '
                'and visual tower are used; rows of further classes, and own '
                'texts, would not fit them. Set `model.clip` to the same')

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Let the checkpoint carry its classes, not the path of a file.

        Args:
            runner (Runner): The runner that saves the checkpoint.
            checkpoint (dict): The checkpoint; its `meta` is changed.
        """
        head = getattr(whole(runner.model), 'hoi_head', None)
        if head is not None:
            checkpoint['meta'][KEY] = class_record(head)
            if self._clip:
                checkpoint['meta'][CLIP_KEY] = self._clip

    def before_train(self, runner: Runner) -> None:
        """Check against the training data set.

        Args:
            runner (Runner): The runner of the training process.
        """
        dataset = runner.train_dataloader.dataset
        self._check(runner.model, dataset, 'train_dataloader')
        if not self._has_texts_of_others:
            # Now: its file may be gone when a checkpoint is written.
            head = getattr(whole(runner.model), 'hoi_head', None)
            self._clip = clip_identity(getattr(head, 'clip', None))
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
            if used != split:
                raise SetupError(
                    f'model.{name} has zero_shot_split={used!r}, but the '
                    f'training data has {split!r}. Set `zero_shot_split` of '
                    'the head and of train_dataloader.dataset to the same.')
