# Copyright (c) mmhoi contributors.
"""Training data as DETR-style HOI code prepares it: Pillow and loops."""
import random
from typing import List, Sequence, Tuple

import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.transforms import (CenterCrop, ColorJitter, Compose,
                                    InterpolationMode, Normalize, Resize,
                                    ToTensor)
from torchvision.transforms import functional as F

from mmhoi.label_spaces import load_label_space
from mmhoi.utils.image_sizes import detr_size

SHORT_SIDES = tuple(range(480, 801, 32))
MAX_LONG_SIDE = 1333
CROP_RESIZES = (400, 500, 600)
CROP_RANGE = (384, 600)
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258,
                                              0.27577711))


class ReferenceDataPath(Dataset):
    """Training items, one image at a time.

    The image stays a Pillow image until it is normalised in float32. CLIP's
    own preprocessing runs on the same augmented image. Labels are collected
    pair by pair with searches in lists.

    Args:
        images (Sequence[str | Path]): JPEG files.
        annotations (Sequence[dict]): Their HOIA entries with HICO-DET's ids:
            `annotations` and `hoi_annotation`.
        clip_size (int): Side of CLIP's view in pixels. Defaults to 224.
        num_queries (int): How many boxes of an image are read at most.
            Defaults to 64.
    """

    def __init__(self,
                 images: Sequence,
                 annotations: Sequence[dict],
                 clip_size: int = 224,
                 num_queries: int = 64) -> None:
        space = load_label_space('hico_det')
        self.images = list(images)
        self.annotations = list(annotations)
        self.num_queries = num_queries
        self.num_verbs = len(space.verbs)
        self.category_ids = list(space.category_ids)
        self.verb_object_pairs = list(
            zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist()))
        self.jitter = ColorJitter(.4, .4, .4)
        self.normalize = Compose([ToTensor(), Normalize(*IMAGENET)])
        self.clip_preprocess = Compose([
            Resize(clip_size, InterpolationMode.BICUBIC),
            CenterCrop(clip_size),
            ToTensor(),
            Normalize(*CLIP)
        ])

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tuple[Tensor, dict]:
        """One item.

        Args:
            index (int): Index of the image.

        Returns:
            tuple[Tensor, dict]: Normalised image, shape (3, H, W), and
            tensors by name: clip_inputs (3, S, S); of the N boxes left
            boxes (N, 4) xyxy pixels and labels (N, ); of the P pairs
            sub_boxes and obj_boxes (P, 4) cxcywh from 0 to 1, obj_labels
            (P, ), verb_labels (P, V) and hoi_labels (P, H).
        """
        img = Image.open(self.images[index]).convert('RGB')
        entry = self.annotations[index]
        target = self._boxes(entry['annotations'], *img.size)
        img, target = self._augment(img, target)
        clip_inputs = self.clip_preprocess(img)
        target.update(self._pairs(entry['hoi_annotation'], target, *img.size))
        target['clip_inputs'] = clip_inputs
        return self.normalize(img), target

    def _boxes(self, annotations: List[dict], width: int, height: int) -> dict:
        annotations = annotations[:self.num_queries]
        boxes = torch.as_tensor([box['bbox'] for box in annotations],
                                dtype=torch.float32).reshape(-1, 4)
        labels = torch.tensor([(i, self.category_ids.index(box['category_id']))
                               for i, box in enumerate(annotations)],
                              dtype=torch.int64).reshape(-1, 2)
        boxes[:, 0::2].clamp_(min=0, max=width)
        boxes[:, 1::2].clamp_(min=0, max=height)
        keep = (boxes[:, 3] > boxes[:, 1]) & (boxes[:, 2] > boxes[:, 0])
        return dict(
            boxes=boxes[keep], ids=labels[keep, 0], labels=labels[keep, 1])

    def _augment(self, img: Image.Image,
                 target: dict) -> Tuple[Image.Image, dict]:
        if random.random() < 0.5:
            img = F.hflip(img)
            boxes = target['boxes'][:, [2, 1, 0, 3]]
            boxes = boxes * torch.tensor([-1, 1, -1, 1])
            target['boxes'] = boxes + torch.tensor([img.width, 0] * 2)
        img = self.jitter(img)
        if random.random() < 0.5:
            img, target = _resize(img, target, random.choice(CROP_RESIZES))
            img, target = _crop(img, target)
        return _resize(img, target, random.choice(SHORT_SIDES), MAX_LONG_SIDE)

    def _pairs(self, interactions: List[dict], target: dict, width: int,
               height: int) -> dict:
        """Targets of the pairs whose boxes are left, one after the other."""
        ids = target['ids'].tolist()
        sub_boxes, obj_boxes, obj_labels = [], [], []
        verb_labels, hoi_labels, seen = [], [], []
        for hoi in interactions:
            pair = (hoi['subject_id'], hoi['object_id'])
            if pair[0] not in ids or pair[1] not in ids:
                continue
            obj_row = ids.index(pair[1])
            verb = hoi['category_id'] - 1
            verb_object = (verb, int(target['labels'][obj_row]))
            if verb_object not in self.verb_object_pairs:
                continue
            if pair not in seen:
                seen.append(pair)
                sub_boxes.append(target['boxes'][ids.index(pair[0])])
                obj_boxes.append(target['boxes'][obj_row])
                obj_labels.append(target['labels'][obj_row])
                verb_labels.append([0.] * self.num_verbs)
                hoi_labels.append([0.] * len(self.verb_object_pairs))
            row = seen.index(pair)
            verb_labels[row][verb] = 1
            hoi_labels[row][self.verb_object_pairs.index(verb_object)] = 1
        return dict(
            sub_boxes=_cxcywh(sub_boxes, width, height),
            obj_boxes=_cxcywh(obj_boxes, width, height),
            obj_labels=torch.tensor(obj_labels, dtype=torch.int64),
            verb_labels=torch.tensor(verb_labels).reshape(-1, self.num_verbs),
            hoi_labels=torch.tensor(hoi_labels).reshape(
                -1, len(self.verb_object_pairs)))


def collate(
        items: Sequence[Tuple[Tensor,
                              dict]]) -> Tuple[Tensor, Tensor, List[dict]]:
    """Pad the images of a batch to one size.

    Args:
        items (Sequence[tuple]): B items of a `ReferenceDataPath`.

    Returns:
        tuple[Tensor, Tensor, list[dict]]: Images (B, 3, H, W); True where an
        image is padded, (B, H, W); the B targets.
    """
    images = [img for img, _ in items]
    height = max(img.shape[1] for img in images)
    width = max(img.shape[2] for img in images)
    batch = torch.zeros(len(images), 3, height, width)
    mask = torch.ones(len(images), height, width, dtype=torch.bool)
    for img, padded, padding in zip(images, batch, mask):
        padded[:, :img.shape[1], :img.shape[2]].copy_(img)
        padding[:img.shape[1], :img.shape[2]] = False
    return batch, mask, [target for _, target in items]


def _resize(img: Image.Image,
            target: dict,
            short: int,
            max_long: int = None) -> Tuple[Image.Image, dict]:
    size = detr_size(img.height, img.width, short, max_long)
    resized = F.resize(img, size)
    factors = [resized.width / img.width, resized.height / img.height]
    return resized, dict(
        target, boxes=target['boxes'] * torch.tensor(factors * 2))


def _crop(img: Image.Image, target: dict) -> Tuple[Image.Image, dict]:
    low, high = CROP_RANGE
    width = random.randint(min(low, img.width), min(img.width, high))
    height = random.randint(min(low, img.height), min(img.height, high))
    left = random.randint(0, img.width - width)
    top = random.randint(0, img.height - height)
    boxes = target['boxes'] - torch.tensor([left, top] * 2)
    limits = torch.tensor([width, height] * 2)
    boxes = torch.minimum(boxes, limits).clamp(min=0)
    keep = (boxes[:, 2:] > boxes[:, :2]).all(1)
    return F.crop(img, top, left, height, width), dict(
        boxes=boxes[keep],
        ids=target['ids'][keep],
        labels=target['labels'][keep])


def _cxcywh(boxes: List[Tensor], width: int, height: int) -> Tensor:
    """Rows of xyxy pixels as cxcywh from 0 to 1, also for no row."""
    if not boxes:
        return torch.zeros(0, 4)
    x1, y1, x2, y2 = torch.stack(boxes).unbind(1)
    boxes = torch.stack([(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1], 1)
    return boxes / torch.tensor([width, height] * 2)
