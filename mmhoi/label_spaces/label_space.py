# Copyright (c) mmhoi contributors.
"""Label spaces: objects, verbs and their combinations, read from metainfo."""
from dataclasses import dataclass
from pathlib import Path
from typing import Tuple

import numpy as np

METAINFO_DIR = Path(__file__).parent / 'metainfo'
LABEL_SPACES = ('hico_det', 'vcoco')


@dataclass(frozen=True)
class LabelSpace:
    """Names and tables of a data set's O objects, V verbs and H HOIs.

    Attributes:
        objects (tuple[str]): Object names, length O, COCO-80 order.
        verbs (tuple[str]): Verb names, length V.
        category_ids (tuple[int]): COCO category id (1..90) of each object.
        hoi_verbs (np.ndarray): Verb index of each HOI, shape (H, ).
        hoi_objects (np.ndarray): Object index of each HOI, shape (H, ). The
            value O stands for "no object" (V-COCO only).
        hoi_prompts (tuple[str]): Text prompt of each HOI, length H.
        object_prompts (tuple[str]): Text prompt of each object class that a
            detector scores; the last one is the background. V-COCO has one
            more, "no object", before it.
        num_train (np.ndarray): Training instances of each HOI, shape (H, ).
    """
    objects: Tuple[str, ...]
    verbs: Tuple[str, ...]
    category_ids: Tuple[int, ...]
    hoi_verbs: np.ndarray
    hoi_objects: np.ndarray
    hoi_prompts: Tuple[str, ...]
    object_prompts: Tuple[str, ...]
    num_train: np.ndarray

    @property
    def hois(self) -> Tuple[str, ...]:
        """HOI names as `verb object`, length H."""
        names = self.objects + ('', )
        return tuple(f'{self.verbs[v]} {names[o]}'.strip()
                     for v, o in zip(self.hoi_verbs, self.hoi_objects))

    @property
    def rare_hois(self) -> np.ndarray:
        """Ids of HOIs with fewer than 10 training instances, ascending."""
        return np.flatnonzero(self.num_train < 10)

    @property
    def verb_prompts(self) -> Tuple[str, ...]:
        """Prompts like `a photo of a person riding`, length V.

        The prompt of the first HOI of a verb without its object.
        """
        objects = [f' {name.replace("_", " ")}' for name in self.objects]
        objects.append('')
        prompts = {}
        for prompt, verb, obj in zip(self.hoi_prompts, self.hoi_verbs,
                                     self.hoi_objects):
            text = prompt.removesuffix(objects[obj])
            # "and": the prompt of no_interaction.
            for word in (' a', ' an', ' and') if text != prompt else ():
                text = text.removesuffix(word)
            prompts.setdefault(int(verb), text)
        return tuple(prompts[verb] for verb in range(len(self.verbs)))

    def verb_to_hoi(self) -> np.ndarray:
        """One-hot table of shape (V, H): 1 where the HOI has the verb."""
        return np.eye(len(self.verbs), dtype=np.float32)[self.hoi_verbs].T
