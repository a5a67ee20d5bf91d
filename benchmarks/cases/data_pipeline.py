# Copyright (c) mmhoi contributors.
"""Work of one loader worker: JPEGs of 640 x 480 to batches of 8."""
from pathlib import Path
from typing import Any, Callable

import torch
from full_size import base_config
from mmengine.runner import Runner
from photo_like_data import make_records, write_data
from reference.data_path import ReferenceDataPath, collate
from torch.utils.data import DataLoader

#: Images of a call.
IMAGES, BATCH = 32, 8


def make(side: str, folder: Path) -> Callable[[], None]:
    """Both read all images once; the augmentation is random.

    The reference's batches are padded and normalised. Ours are bytes: the
    model's preprocessor does the rest on its device, once a batch instead of
    in the workers; the benchmark `training_step` counts it.
    """
    root = folder / 'photo_like'
    if not root.exists():
        write_data(root, IMAGES)
    return dict(ours=ours, reference=reference)[side](root)


def ours(root: Path) -> Callable[[], None]:
    cfg = base_config()
    loader_cfg = cfg.train_dataloader
    loader_cfg.update(
        batch_size=BATCH, num_workers=0, persistent_workers=False)
    loader_cfg.dataset.data_root = str(root)
    return reader(Runner.build_dataloader(loader_cfg))


def reference(root: Path) -> Callable[[], None]:
    paths = sorted((root / 'images' / 'train2015').glob('*.jpg'))
    dataset = ReferenceDataPath(paths, make_records(IMAGES))
    return reader(DataLoader(dataset, BATCH, shuffle=True, collate_fn=collate))


def reader(loader: DataLoader) -> Callable[[], None]:
    """Reads all batches with one thread, as a worker process does."""

    def read():
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        for _ in loader:
            pass
        torch.set_num_threads(threads)

    return read


def difference(ours: Any, reference: Any) -> None:
    """Random augmentation cannot be compared."""
