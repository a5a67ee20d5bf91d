# Copyright (c) mmhoi contributors.
"""Work of one loader worker: JPEGs of 640 x 480 to batches of 8."""
from pathlib import Path
from typing import Any, Callable

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
    loader = Runner.build_dataloader(loader_cfg)

    def read():
        for _ in loader:
            pass

    return read


def reference(root: Path) -> Callable[[], None]:
    paths = sorted((root / 'images' / 'train2015').glob('*.jpg'))
    dataset = ReferenceDataPath(paths, make_records(IMAGES))
    loader = DataLoader(dataset, BATCH, shuffle=True, collate_fn=collate)

    def read():
        for _ in loader:
            pass

    return read


def difference(ours: Any, reference: Any) -> None:
    """Random augmentation cannot be compared."""
