# Copyright (c) mmhoi contributors.
import hashlib

from mmhoi.utils.file_hash import file_sha256, file_sign


def test_file_sha256(tmp_path):
    path = tmp_path / 'file'
    path.write_bytes(b'mmhoi' * 500000)
    assert file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_file_sign(tmp_path):
    one, other = tmp_path / 'a', tmp_path / 'b'
    for content, same in ((b'x' * 9999, True), (b'x' * 9998, False),
                          (b'y' + b'x' * 9998, False), (b'', False)):
        one.write_bytes(b'x' * 9999)
        other.write_bytes(content)
        assert (file_sign(one) == file_sign(other)) == same
    assert file_sign(tmp_path / 'none') == ''
