# Copyright (c) mmhoi contributors.
"""mmengine's writing of local files, which is whole or not at all from now on.

mmengine itself writes into the file, so that a kill or a full disk leaves a
checkpoint that is cut off where a good one was.
"""
from pathlib import Path
from typing import Union

from mmengine.fileio import LocalBackend, register_backend

from mmhoi.utils.whole_file import write_whole


class WholeFileBackend(LocalBackend):
    """mmengine's backend for local files, which writes by `write_whole`."""

    def put(self, obj: bytes, filepath: Union[str, Path]) -> None:
        """Write bytes.

        Args:
            obj (bytes): The content.
            filepath (str | Path): The file.
        """
        with write_whole(Path(filepath)) as draft:
            draft.write_bytes(obj)

    def put_text(self,
                 obj: str,
                 filepath: Union[str, Path],
                 encoding: str = 'utf-8') -> None:
        """Write text.

        Args:
            obj (str): The content.
            filepath (str | Path): The file.
            encoding (str): Of the file. Defaults to UTF-8.
        """
        self.put(obj.encode(encoding), filepath)


register_backend('local', WholeFileBackend, force=True, prefixes='')
