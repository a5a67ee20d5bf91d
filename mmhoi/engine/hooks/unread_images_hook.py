# Copyright (c) mmhoi contributors.
from typing import Sequence, Set

from mmengine.dist import all_gather_object
from mmengine.hooks import Hook
from mmengine.runner import Runner

from mmhoi.registry import HOOKS
from mmhoi.structures import HOIDataSample
from mmhoi.utils.unread_images import tell_unread


@HOOKS.register_module()
class UnreadImagesHook(Hook):
    """Tells at the end of a test for which images a grey picture stood in.

    See `on_error="skip"` of LoadHOIImage, which allows that.

    tools/test.py registers it.
    """

    priority = 'LOWEST'

    def before_test(self, runner: Runner) -> None:
        """Forget those of the test before.

        Args:
            runner (Runner): The runner of the testing process.
        """
        self._unread: Set[str] = set()

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: dict,
                        outputs: Sequence[HOIDataSample]) -> None:
        """Note the images of a batch that could not be read.

        Args:
            runner (Runner): The runner of the testing process.
            batch_idx (int): Number of the batch.
            data_batch (dict): The batch.
            outputs (Sequence[HOIDataSample]): Its predictions.
        """
        self._unread.update(sample.img_path for sample in outputs
                            # A model of one's own may give something else.
                            if getattr(sample, 'img_unreadable', False))

    def after_test(self, runner: Runner) -> None:
        """Tell their number, after all else.

        Args:
            runner (Runner): The runner of the testing process.
        """
        tell_unread(set().union(*all_gather_object(self._unread)),
                    len(runner.test_dataloader.dataset))
