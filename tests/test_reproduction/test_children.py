# Copyright (c) mmhoi contributors.
from mmhoi.reproduction.children import last_lines


def test_last_lines(tmp_path):
    log = tmp_path / 'train.log'
    log.write_bytes(b'error: of the run before\n')
    start = log.stat().st_size
    with log.open('ab') as file:
        file.write(b'begun\nerror: loss is NaN \n\na\xff\nb\nc\n')
    assert last_lines(log, start, 2) == ['error: loss is NaN', 'b', 'c']
    assert last_lines(log, start, 4)[0] == 'error: loss is NaN'
    assert last_lines(log, start, 9)[0] == 'begun'
