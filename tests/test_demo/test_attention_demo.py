# Copyright (c) mmhoi contributors.
import cv2
import numpy as np
import pytest

CONFIG = 'hoiclip_mini_synhico'


def test_files(run_demo, folder, tmp_path, mini_checkpoint, capsys):
    out = tmp_path / 'out'
    status = run_demo('attention_demo', folder / 'a.jpg', CONFIG,
                      mini_checkpoint, '--pair', 3, '--out-dir', out,
                      '--tile-size', 96, '--device', 'cpu')
    assert status == 0
    assert 'pair 3, query ' in capsys.readouterr().out
    height, width = cv2.imread(str(folder / 'a.jpg')).shape[:2]
    panel = cv2.imread(str(out / 'a_pair3.png'))
    assert panel.shape[1] > 3 * 96 and panel.shape[0] > 2 * 80
    with np.load(out / 'a_pair3.npz') as arrays:
        for name in ('human', 'object', 'memory', 'clip'):
            assert arrays[name].shape == (height, width)


@pytest.mark.parametrize('image, args, message', [
    ('a.jpg', ('--pair', 100), 'pair 100 does not exist'),
    ('broken.jpg', (), 'broken.jpg'),
])
def test_one_line_errors(run_demo, folder, tmp_path, mini_checkpoint, capsys,
                         image, args, message):
    status = run_demo('attention_demo', folder / image, mini_checkpoint, *args,
                      '--out-dir', tmp_path / 'out', '--device', 'cpu')
    error = capsys.readouterr().err.splitlines()
    assert status == 1
    assert error[-1].startswith('error: ') and message in error[-1]
    assert not list((tmp_path / 'out').iterdir())


def test_wrong_tile_size(run_demo, capsys):
    with pytest.raises(SystemExit, match='2'):
        run_demo('attention_demo', 'a.jpg', CONFIG, '--tile-size', 9)
    assert 'must be at least 64' in capsys.readouterr().err
