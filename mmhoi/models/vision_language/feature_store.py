# Copyright (c) mmhoi contributors.
"""Folder of small tensor files, with a limit to its size."""
from pathlib import Path
from typing import Dict, Optional

from mmengine.logging import MMLogger
from safetensors.torch import load_file, save_file
from torch import Tensor

from mmhoi.utils.whole_file import write_whole


class FeatureStore:
    """Keep named tensors on disk, one file for each key.

    Several processes may use a folder at once: a file appears when it is
    complete. When the folder has reached its limit nothing more is written,
    and nothing is deleted. Each process looks at the size of the folder again
    after it has written one percent of the limit, so P processes together
    exceed it by P percent at most.

    Args:
        folder (Path): The folder; it is made at the first write.
        max_bytes (int): Limit of the sum of the file sizes.

    Examples:
        >>> import torch
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     store = FeatureStore(Path(folder), max_bytes=10**6)
        ...     store.write('ab12', dict(x=torch.arange(2)))
        ...     store.read('ab12'), store.read('cd34')
        ({'x': tensor([0, 1])}, None)
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._bytes_known: Optional[int] = None
        self._bytes_since = 0
        self._writes = True

    def read(self, key: str) -> Optional[Dict[str, Tensor]]:
        """Read tensors.

        Args:
            key (str): Hexadecimal digits, at least three.

        Returns:
            dict[str, Tensor] | None: The tensors, on the CPU; None if there
            are none, or none that can be read.
        """
        path = self._path(key)
        try:
            tensors = load_file(path)
            if tensors and all(value.isfinite().all()
                               for value in tensors.values()):
                return tensors
            error = 'they are no numbers'
        except FileNotFoundError:
            return None
        # Beside SafetensorError, any for a header of nonsense.
        except Exception as damage:
            error = str(damage)
        MMLogger.get_current_instance().warning(
            f'cached features {path} are unusable ({error}); they are '
            'computed again')
        return None

    def write(self, key: str, tensors: Dict[str, Tensor]) -> None:
        """Write tensors, unless the folder is full or cannot be written to.

        Args:
            key (str): As in :meth:`read`.
            tensors (dict[str, Tensor]): Contiguous tensors.
        """
        if not self._writes or self._is_full():
            return
        path = self._path(key)
        try:
            with write_whole(path) as draft:
                save_file(tensors, draft)
            self._bytes_since += path.stat().st_size
        except OSError as error:
            self._stop(f'features cannot be cached in {self.folder} ({error});'
                       ' set `cache_dir` of the model to a writable folder')

    def _path(self, key: str) -> Path:
        # Folders of 256 groups: file systems and people dislike 40,000 files.
        return self.folder / key[:2] / f'{key[2:]}.safetensors'

    def _is_full(self) -> bool:
        """Whether the limit is reached; if so, say so once."""
        if (self._bytes_known is None
                or self._bytes_since > self.max_bytes / 100):
            self._bytes_known, self._bytes_since = _size(self.folder), 0
        full = self._bytes_known + self._bytes_since >= self.max_bytes
        if full:
            self._stop(f'the feature cache {self.folder} has reached its limit'
                       f' of {self.max_bytes / 1e9:g} GB; further features '
                       'are not kept. Raise `max_cache_gb` of the model, or '
                       'delete the folder if it is of no use any more')
        return full

    def _stop(self, reason: str) -> None:
        """Write no more, for a reason."""
        self._writes = False
        MMLogger.get_current_instance().warning(reason)


def _size(folder: Path) -> int:
    """Sum of the sizes of the complete files of a folder."""
    total = 0
    for path in folder.glob('*/*.safetensors'):
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # deleted meanwhile
            pass
    return total
