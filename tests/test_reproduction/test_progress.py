# Copyright (c) mmhoi contributors.
from mmhoi.reproduction.progress import step_text


def test_where_a_training_is(tmp_path):
    log = tmp_path / 'train.log'
    log.write_text('some words\n')
    assert step_text(log) == 'begins'
    start = '12/01 03:31:33 - mmengine - INFO - '
    with log.open('a') as file:
        file.write(f'{start}Epoch(train)  [1][ 50/125]  lr: 1.4e-04  '
                   'eta: 0:05:37  time: 0.7\n'
                   f'{start}Epoch(train) [12][100/125]  lr: 2.7e-04  '
                   'eta: 1 day, 0:05:01  time: 0.7\nmore\n')
    assert step_text(log) == 'Epoch(train) [12][100/125], 1 day, 0:05:01 left'
