# Copyright (c) mmhoi contributors.
"""Captioned views of rendered scenes, the training data of the mini CLIP."""
from typing import FrozenSet, List, NamedTuple, Sequence, Tuple

import numpy as np
from PIL import Image

from mmhoi.label_spaces import load_label_space
from mmhoi.synthetic import Scene, SceneRenderer, all_labels, load_vocabulary

# Number streams of training, held-out views and the SynHICO data set must
# not meet: the first entry of our seeds is this tag, the second the split.
_SEED_TAG = 0x436C6970
_TRAIN, _HELD_OUT = 0, 1


class View(NamedTuple):
    """A view of a scene and what may be said of it.

    Attributes:
        image (np.ndarray): RGB uint8 image, shape (S, S, 3).
        caption (str): The caption to learn.
        truths (frozenset[str]): All captions that are true of the view.
    """
    image: np.ndarray
    caption: str
    truths: FrozenSet[str]


def crop_view(image: np.ndarray,
              box: Sequence[float],
              size: int,
              squareness: float = 0.0) -> np.ndarray:
    """Cut a box out of an image and scale it as CLIP's preprocessing does.

    The shorter side is scaled to `size` with bicubic interpolation; of the
    longer side the centre is kept.

    Args:
        image (np.ndarray): RGB uint8 image, shape (h, w, 3).
        box (Sequence[float]): Corners x1, y1, x2, y2 in pixels, x2 and y2
            exclusive; clipped to the image.
        size (int): Side S of the view.
        squareness (float): How far the shorter side of the box grows towards
            the longer one: 0 keeps the box, 1 makes it square, so that
            nothing of it is cut off. Defaults to 0.

    Returns:
        np.ndarray: RGB uint8 view, shape (S, S, 3).

    Examples:
        >>> import numpy as np
        >>> from mini_clip.samples import (
        ...     crop_view)
        >>> image = np.zeros((40, 60, 3), np.uint8)
        >>> crop_view(image, (10, 5, 50, 35), size=16).shape
        (16, 16, 3)
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    longer = max(x2 - x1, y2 - y1)
    grow_x = (longer - (x2 - x1)) * squareness / 2
    grow_y = (longer - (y2 - y1)) * squareness / 2
    x1, x2 = max(x1 - grow_x, 0), min(x2 + grow_x, width)
    y1, y2 = max(y1 - grow_y, 0), min(y2 + grow_y, height)
    side = min(x2 - x1, y2 - y1)
    center_x, center_y = (x1 + x2) / 2, (y1 + y2) / 2
    left, top = center_x - side / 2, center_y - side / 2
    region = (left, top, left + side, top + side)
    view = Image.fromarray(image)
    return np.asarray(view.resize((size, size), Image.BICUBIC, region))


def union_box(scene: Scene, pair: int) -> np.ndarray:
    """Return the smallest box around both boxes of a pair.

    Args:
        scene (Scene): A rendered scene.
        pair (int): Index of the pair.

    Returns:
        np.ndarray: x1, y1, x2, y2 in pixels, x2 and y2 exclusive, (4, ).
    """
    subject, obj, _ = scene.pairs[pair]
    boxes = scene.boxes[[subject, obj]]
    return np.concatenate([boxes[:, :2].min(0), boxes[:, 2:].max(0) + 1])


class MiniCLIPSamples:
    """Views of scenes with captions from the HOI and object prompts.

    A view is the whole image or the cut-out of a pair, a person or an object.
    Symbols: B views, S side of a view.

    Args:
        size (int): S. Defaults to 96.
        seed (int): Seed of the training batches. Defaults to 0.
    """

    def __init__(self, size: int = 96, seed: int = 0) -> None:
        self.size = size
        self.seed = seed
        self.renderer = SceneRenderer()
        self.hoi_ids = sorted(load_vocabulary().classes)
        space = load_label_space('hico_det')
        self.hoi_prompts = space.hoi_prompts
        self.object_prompts = space.object_prompts

    def batch(self, step: int, batch_size: int) -> List[View]:
        """Draw the views of a training step, no caption twice.

        Args:
            step (int): Number of the step. A batch depends on it and on the
                seed alone, so that a resumed training goes on as if it had
                not stopped.
            batch_size (int): Largest B.

        Returns:
            list[View]: At most B views.
        """
        rng = np.random.default_rng([_SEED_TAG, _TRAIN, self.seed, step])
        # One view in eight shows a single object or person.
        num_pairs = round(0.875 * batch_size)
        views, parts = {}, {}
        for hoi in rng.permutation(self.hoi_ids)[:num_pairs]:
            scene = self._scene(rng, hoi)
            view = self._pair_view(rng, scene, hoi)
            views.setdefault(view.caption, view)
            for index, label in enumerate(scene.labels):
                parts.setdefault(int(label), []).append((scene, index))
        for label in rng.permutation(sorted(parts))[:batch_size - num_pairs]:
            places = parts[label]
            view = self._part_view(rng, *places[rng.integers(len(places))])
            views[view.caption] = view
        return [
            view._replace(image=view.image[:, ::-1]) if flip else view
            for view, flip in zip(views.values(),
                                  rng.random(len(views)) < 0.5)
        ]

    def held_out(self, num_per_class: int, whole: bool) -> List[View]:
        """Draw views for an evaluation; always the same ones.

        Args:
            num_per_class (int): Number of scenes of each rendered HOI.
            whole (bool): Whether the views are whole images. Otherwise they
                are cut-outs of pairs, made square.

        Returns:
            list[View]: Views of scenes without a second interaction.
        """
        views = []
        for hoi in self.hoi_ids:
            for number in range(num_per_class):
                rng = np.random.default_rng(
                    [_SEED_TAG, _HELD_OUT, hoi, number])
                scene = self.renderer.render(rng, [hoi])
                box = self._whole(scene) if whole else union_box(scene, 0)
                image = crop_view(scene.image, box, self.size, not whole)
                views.append(
                    View(image, self.hoi_prompts[hoi], self._truths(scene)))
        return views

    def _scene(self, rng: np.random.Generator, hoi: int) -> Scene:
        """Render a scene; one in four shows a second interaction."""
        hois = [hoi]
        if rng.random() < 0.25:
            hois.append(int(rng.choice(self.hoi_ids)))
        return self.renderer.render(rng, hois)

    def _pair_view(self, rng: np.random.Generator, scene: Scene,
                   hoi: int) -> View:
        """View a pair of the asked-for HOI, alone or in the whole image."""
        # What implies another label is captioned by it now and then.
        labels = all_labels(hoi)
        caption = hoi if rng.random() < 0.7 else int(rng.choice(labels))
        pairs = [i for i, pair in enumerate(scene.pairs) if hoi in pair[2]]
        box, squareness = self._whole(scene), 0.0
        if rng.random() < 0.6:
            box = union_box(scene, int(rng.choice(pairs)))
            box = self._jitter(rng, box)
            squareness = float(rng.choice((rng.random(), 1.0)))
        image = crop_view(scene.image, box, self.size, squareness)
        return View(image, self.hoi_prompts[caption], self._truths(scene))

    def _part_view(self, rng: np.random.Generator, scene: Scene,
                   index: int) -> View:
        """View a person or an object."""
        x1, y1, x2, y2 = scene.boxes[index]
        box = self._jitter(rng, np.array([x1, y1, x2 + 1, y2 + 1]))
        image = crop_view(scene.image, box, self.size, float(rng.random()))
        caption = self.object_prompts[scene.labels[index]]
        return View(image, caption, self._truths(scene))

    def _truths(self, scene: Scene) -> FrozenSet[str]:
        """Captions of everything in a scene, in view or not."""
        hois = {hoi for pair in scene.pairs for hoi in pair[2]}
        return frozenset([self.hoi_prompts[hoi] for hoi in hois] +
                         [self.object_prompts[i] for i in scene.labels])

    @staticmethod
    def _whole(scene: Scene) -> Tuple[int, int, int, int]:
        height, width = scene.image.shape[:2]
        return 0, 0, width, height

    @staticmethod
    def _jitter(rng: np.random.Generator, box: np.ndarray) -> np.ndarray:
        """Move the sides of a box, outwards more often than inwards."""
        size = np.tile(box[2:] - box[:2], 2)
        return box + rng.uniform(-0.04, 0.15, 4) * size * (-1, -1, 1, 1)
