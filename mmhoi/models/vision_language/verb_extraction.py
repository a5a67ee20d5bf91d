# Copyright (c) mmhoi contributors.
"""CLIP features of all regions of a training set, summed as they come."""
from pathlib import Path
from typing import Any, Dict, List, Tuple

import torch
from torch.utils.data import DataLoader, Dataset, Subset

from mmhoi.utils.kinds import wrong_kind
from mmhoi.utils.plain_tensors import is_plain
from mmhoi.utils.progress import tqdm
from mmhoi.utils.unread_images import tell_unread
from mmhoi.utils.whole_file import write_whole
from .clip_visual import CLIPVisual
from .verb_embeddings import RegionSums

#: Regions that CLIP sees together: an image may have hundreds of them.
VIEWS_AT_ONCE = 256
#: Batches between two states of unfinished work.
SAVE_EVERY = 50
_STATE_KINDS = {
    '': dict,
    'identity': dict,
    'num_batches': int,
    'sums': dict,
    'unread': list,
    'unread.*': str
}


def sum_region_features(regions: Dataset,
                        tower: CLIPVisual,
                        sums: RegionSums,
                        state_file: Path,
                        identity: Dict[str, str],
                        batch_size: int = 16,
                        num_workers: int = 0) -> RegionSums:
    """Encode the regions of all images and add them up.

    The sums are written to `state_file` every `SAVE_EVERY` batches. If there
    is one, work goes on from it; the result is the same to the last bit,
    because batches always hold the same images. At the end a warning says
    which images could not be read, if `regions` allows any.

    Args:
        regions (Dataset): As `PairRegions`.
        tower (CLIPVisual): CLIP's image tower; its device is used.
        sums (RegionSums): Sums of no image; the result.
        state_file (Path): Unfinished work. It is deleted at the end.
        identity (dict[str, str]): What the sums depend on. Unfinished work
            of another identity is refused.
        batch_size (int): Images of a batch. Defaults to 16.
        num_workers (int): Processes that read images. Defaults to 0.

    Returns:
        RegionSums: `sums`.

    Raises:
        ValueError: If the state file is damaged or about something else.
    """
    identity = dict(
        identity, num_images=str(len(regions)), batch_size=str(batch_size))
    start, unread = _load_state(state_file, sums, identity)
    loader = DataLoader(
        Subset(regions, range(start * batch_size, len(regions))),
        batch_size=batch_size,
        num_workers=num_workers,
        collate_fn=list)
    bar = tqdm(loader, initial=start, total=start + len(loader), unit='batch')
    for done, batch in enumerate(bar, start + 1):
        _add_batch(batch, tower, sums)
        unread += [path for image in batch for path in image['unread']]
        if done % SAVE_EVERY == 0:
            _save_state(state_file, sums, identity, done, unread)
    state_file.unlink(missing_ok=True)
    tell_unread(unread, len(regions))
    return sums


@torch.no_grad()
def _add_batch(batch: List[Dict[str, Any]], tower: CLIPVisual,
               sums: RegionSums) -> None:
    views = torch.cat([image['regions'] for image in batch])
    if not len(views):
        return
    mean = torch.tensor(tower.mean).view(3, 1, 1)
    std = torch.tensor(tower.std).view(3, 1, 1)
    feats = []
    for part in views.split(VIEWS_AT_ONCE):
        part = (part.flip(1).float() / 255 - mean) / std
        feats.append(tower(part.to(tower.proj.device))[1].float().cpu())
    feats = torch.cat(feats)
    for image in batch:
        own, feats = feats.tensor_split([len(image['regions'])])
        subs, objs, unions = own.chunk(3) if len(own) else [own] * 3
        rows = image['pairs']
        sums.add_image(image['hois'], image['objects'], subs[rows], objs[rows],
                       unions[rows])


def _save_state(path: Path, sums: RegionSums, identity: Dict[str, str],
                num_batches: int, unread: List[str]) -> None:
    """Replace the file at once, so that none is ever half written."""
    state = dict(
        identity=identity,
        num_batches=num_batches,
        sums=sums.state_dict(),
        unread=unread)
    with write_whole(path) as draft:
        torch.save(state, draft)


def _load_state(path: Path, sums: RegionSums,
                identity: Dict[str, str]) -> Tuple[int, List[str]]:
    """Continue unfinished work; its batches, and what was not read."""
    if not path.exists():
        return 0, []
    remedy = f'delete {path} to begin again'
    try:
        state = torch.load(path, weights_only=True)
        problem = wrong_kind(state, _STATE_KINDS)
        if problem is not None:
            raise ValueError(problem)
        # What is None is no entry either.
        other, num_batches = dict(state['identity']), int(state['num_batches'])
        found, unread = dict(state['sums']), list(state['unread'])
    # Of damaged bytes an unpickler raises any.
    except Exception as error:
        raise ValueError(f'{path} is no unfinished extraction '
                         f'({type(error).__name__}); {remedy}') from error
    for key, value in identity.items():
        if other.get(key) != value:
            raise ValueError(f'{path} is the unfinished extraction for {key} '
                             f'"{other.get(key)}", not "{value}"; {remedy}')
    for key, value in sums.state_dict().items():
        same = is_plain(found.get(key)) and (found[key].shape,
                                             found[key].dtype) == (value.shape,
                                                                   value.dtype)
        if not same or not found[key].isfinite().all() or num_batches < 0:
            raise ValueError(f'{path} is damaged, or of another version: '
                             f'`sums.{key}` does not fit; {remedy}')
    sums.load_state_dict(found)
    return num_batches, unread
