# Copyright (c) mmhoi contributors.
from types import SimpleNamespace

import pytest

from mmhoi.engine.hooks import UnreadImagesHook
from mmhoi.structures import HOIDataSample
from mmhoi.utils.setup_error import SetupError

RUNNER = SimpleNamespace(test_dataloader=SimpleNamespace(dataset=range(3)))


def run_test(hook, unreadable):
    hook.before_test(RUNNER)
    for index in range(3):
        metainfo = dict(img_path=f'{index}.jpg')
        if index in unreadable:
            metainfo['img_unreadable'] = True
        hook.after_test_iter(RUNNER, index, {},
                             [HOIDataSample(metainfo=metainfo), {}])
    hook.after_test(RUNNER)


def test_the_run_ends_with_their_number():
    hook = UnreadImagesHook()
    with pytest.raises(SetupError, match=r'2 of 3 images .*\(0.jpg, 2.jpg\)'):
        run_test(hook, [2, 0])
    # Another test begins anew.
    run_test(hook, [])
