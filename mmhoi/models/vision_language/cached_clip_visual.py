# Copyright (c) mmhoi contributors.
"""Visual tower of CLIP whose outputs are kept on disk."""
import hashlib
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

import torch
from torch import Tensor

from mmhoi.registry import MODELS
from .clip_text import default_cache_dir
from .clip_visual import CLIPVisual
from .feature_store import FeatureStore
from .open_clip_loader import model_architecture


@MODELS.register_module()
class CachedCLIPVisual(CLIPVisual):
    """CLIP's frozen visual tower; images it has seen are read from disk.

    An entry is found by the content of the tower's input, so whatever
    changes the CLIP view, in the pipeline or by chance, asks for another
    entry: use it where views repeat, not with random augmentation. Weights,
    architecture, number type and autocast are part of the key. A hit has the
    bits that were computed at first. Images of a batch that are not found go
    through the tower together; their rounding may depend on how many these
    are.

    Nothing is read or written while the model is traced or compiled.

    Args:
        model_name (str): Model, see :func:`load_open_clip`.
        pretrained (str, optional): Weights, see :func:`load_open_clip`.
            Defaults to None.
        cache_dir (str, optional): Folder of the entries. Defaults to None:
            `clip_features` in the environment variable MMHOI_CACHE, or in
            ~/.cache/mmhoi.
        max_cache_gb (float): Size in GB (10^9 bytes) at which a folder gets
            no more entries; each set of weights has a folder of its own
            below `cache_dir`. Defaults to 10.

    Raises:
        ValueError: If `max_cache_gb` is not positive.

    Attributes:
        hits (int): Images that were read from disk.
        misses (int): Images that were computed.
    """

    def __init__(self,
                 model_name: str,
                 pretrained: Optional[str] = None,
                 cache_dir: Optional[str] = None,
                 max_cache_gb: float = 10) -> None:
        super().__init__(model_name, pretrained)
        if not max_cache_gb > 0:
            raise ValueError(f'max_cache_gb is {max_cache_gb}; it must be '
                             'positive. For no cache set type="CLIPVisual"')
        self.cache_dir = Path(cache_dir
                              or default_cache_dir() / 'clip_features')
        self.max_cache_gb = max_cache_gb
        self.hits = self.misses = 0
        self._architecture = model_architecture(model_name)
        self._weights_state: Optional[tuple] = None
        self._store: Optional[FeatureStore] = None

    @torch.no_grad()
    def forward(self, clip_img: Tensor) -> Tuple[Tensor, Tensor]:
        """Encode images; arguments and results as in :class:`CLIPVisual`."""
        if torch.compiler.is_compiling() or torch.jit.is_tracing():
            return super().forward(clip_img)
        store = self._current_store()
        keys = list(_keys(clip_img))
        found = [store.read(key) for key in keys]
        missing = [
            i for i, entry in enumerate(found)
            if entry is None or entry.keys() != {'tokens', 'feature'}
        ]
        self.hits += len(keys) - len(missing)
        self.misses += len(missing)
        if missing:
            computed = super().forward(clip_img[missing])
            for i, tokens, feature in zip(missing, *computed):
                found[i] = dict(tokens=tokens, feature=feature)
                store.write(
                    keys[i], {
                        name: value.cpu().contiguous()
                        for name, value in found[i].items()
                    })
            if len(missing) == len(keys):
                return computed
        return tuple(
            torch.stack([entry[name].to(clip_img.device) for entry in found])
            for name in ('tokens', 'feature'))

    def _current_store(self) -> FeatureStore:
        """The store of the weights that the tower has now."""
        # Cheap to look at, and other after loading, casting or moving.
        state = tuple(
            (value.data_ptr(), value._version) for value in self._weights())
        if state != self._weights_state:
            self._weights_state = state
            digest = hashlib.blake2b(
                self._architecture.encode(), digest_size=16)
            for value in self._weights():
                digest.update(_bytes(value))
            self._store = FeatureStore(self.cache_dir / digest.hexdigest(),
                                       int(self.max_cache_gb * 1e9))
        return self._store

    def _weights(self) -> List[Tensor]:
        return [*self.visual.parameters(), *self.visual.buffers()]


def _keys(images: Tensor) -> Iterator[str]:
    """Name the content of each image and what else decides the result."""
    device = images.device.type
    settings = (device, images.dtype, tuple(images.shape[1:]),
                torch.is_autocast_enabled(device)
                and torch.get_autocast_dtype(device))
    for image in images.cpu():
        digest = hashlib.blake2b(repr(settings).encode(), digest_size=16)
        digest.update(_bytes(image))
        yield digest.hexdigest()


def _bytes(value: Tensor) -> memoryview:
    """The bytes of a tensor, of any number type."""
    flat = value.detach().cpu().contiguous().flatten()
    return memoryview(flat.view(torch.uint8).numpy())
