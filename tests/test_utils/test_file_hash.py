# Copyright (c) mmhoi contributors.
import hashlib

from mmhoi.utils.file_hash import file_sha256


def test_file_sha256(tmp_path):
    path = tmp_path / 'file'
    path.write_bytes(b'mmhoi' * 500000)
    assert file_sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()
