# Copyright (c) mmhoi contributors.
from types import SimpleNamespace

from mmhoi.engine.hooks import UnreadImagesHook
from mmhoi.structures import HOIDataSample

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


def test_their_number_is_told_at_the_end(monkeypatch):
    lines = []
    monkeypatch.setattr('mmhoi.utils.unread_images.print_log',
                        lambda text, **_: lines.append(text))
    hook = UnreadImagesHook()
    run_test(hook, [2, 0])
    # Another test begins anew.
    run_test(hook, [])
    line, = lines
    assert line.startswith('2 of 3 images') and '0.jpg, 2.jpg' in line
