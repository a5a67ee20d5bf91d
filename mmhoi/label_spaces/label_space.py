# Copyright (c) mmhoi contributors.
"""What is true of a data set: its classes, their tables and its files."""
import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple, Union

import numpy as np

from mmhoi.utils.setup_error import SetupError
from .split_key import split_key

METAINFO_DIR = Path(__file__).parent / 'metainfo'
#: HOIs with fewer training instances are rare: HICO-DET's rule, which the
#: field applies to other data sets as well.
RARE_BELOW = 10
#: Stands for the object of a HOI that fits every object.
ANY_OBJECT = -1


@dataclass(frozen=True, kw_only=True)
class LabelSpace:
    """Names, tables and facts of a data set with O objects, V verbs, H HOIs.

    Attributes:
        name (str): What configs call it: `hico_det`, ... or a file.
        objects (tuple[str]): Object names, length O, COCO-80 order.
        verbs (tuple[str]): Verb names, length V.
        category_ids (tuple[int]): COCO category id (1..90) of each object.
        hoi_verbs (np.ndarray): Verb index of each HOI, shape (H, ).
        hoi_objects (np.ndarray): Object index of each HOI, shape (H, ). The
            value O stands for "no object".
        hoi_prompts (tuple[str]): Text prompt of each HOI, length H.
        object_prompts (tuple[str]): Text prompt of each object class that a
            detector scores; the last one is the background. V-COCO has one
            more, "no object", before it.
        num_train (np.ndarray): Training instances of each HOI, 0 where they
            are not known, shape (H, ).
        rare_below (int): HOIs with fewer training instances are rare.
        rare_hois (np.ndarray): Ids of the rare HOIs, ascending.
        evaluated_hois (np.ndarray): Ids of the HOIs over which means are
            taken, ascending.
        verb_offset (int): Verb id of annotation files that means verb 0.
        allows_no_object (bool): Whether an interaction may lack an object,
            which annotation files write as object_id -1.
        splits (Mapping[str, np.ndarray]): By the name of each zero-shot split
            the ids of the HOIs that training never sees.
        how_to_get (str): Where the files of the data set come from, for
            messages.
    """
    name: str
    objects: Tuple[str, ...]
    verbs: Tuple[str, ...]
    category_ids: Tuple[int, ...]
    hoi_verbs: np.ndarray
    hoi_objects: np.ndarray
    hoi_prompts: Tuple[str, ...]
    object_prompts: Tuple[str, ...]
    num_train: np.ndarray
    rare_hois: np.ndarray
    evaluated_hois: np.ndarray
    verb_offset: int
    allows_no_object: bool
    how_to_get: str
    rare_below: int = RARE_BELOW
    splits: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def definition(self) -> Union[str, Dict[str, Any]]:
        """str | dict: What `load_label_space` makes the same classes of."""
        return self.name

    @property
    def fingerprint(self) -> str:
        """str: SHA-256 of ordered classes and prompts, wherever they are from.

        Examples:
            >>> from mmhoi.label_spaces import load_label_space
            >>> load_label_space('hico_det').fingerprint[:8]
            'f9072306'
        """
        tables = [
            self.objects, self.verbs,
            self.hoi_verbs.tolist(),
            self.hoi_objects.tolist(), self.hoi_prompts, self.object_prompts,
            self.verb_prompts
        ]
        return hashlib.sha256(json.dumps(tables).encode()).hexdigest()

    @property
    def hois(self) -> Tuple[str, ...]:
        """HOI names as `verb object`, length H."""
        names = self.objects + ('', )
        return tuple(f'{self.verbs[v]} {names[o]}'.strip()
                     for v, o in zip(self.hoi_verbs, self.hoi_objects))

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

    def unseen_hois(self, split: Optional[str]) -> np.ndarray:
        """HOI ids that a zero-shot split withholds from training.

        Args:
            split (str, optional): Name of the split, in any of the spellings
                `rf_uc`, `rf-uc` and `RF-UC`, or None for the ordinary setting
                in which every class is seen.

        Returns:
            np.ndarray: 0-based HOI ids in ascending order, shape (U, ).

        Raises:
            SetupError: If the data set has no such split.
        """
        name = split_key(split)
        if name is None:
            return np.zeros(0, dtype=np.int64)
        if name not in self.splits:
            allowed = ', '.join(sorted(self.splits)) or (
                'none, "{}" has no splits; leave unseen HOIs out of the '
                'training file'.format(self.name))
            raise SetupError(f'unknown zero-shot split "{split}" (config key '
                             f'`zero_shot_split`); allowed: {allowed}')
        return self.splits[name]

    def seen_hois(self, split: Optional[str]) -> np.ndarray:
        """HOI ids that remain in training.

        Args:
            split (str, optional): Name of the zero-shot split, or None.

        Returns:
            np.ndarray: 0-based HOI ids in ascending order, shape (H - U, ).

        Raises:
            ValueError: If the data set has no such split.
        """
        return np.setdiff1d(
            np.arange(len(self.hoi_verbs)), self.unseen_hois(split))

    def with_counts(self, num_train: np.ndarray) -> 'LabelSpace':
        """The same classes with other training data.

        Args:
            num_train (np.ndarray): Training instances of each HOI, (H, ).

        Returns:
            LabelSpace: With these counts, and those HOIs rare that have fewer
            than `rare_below` instances.
        """
        return replace(
            self,
            num_train=num_train,
            rare_hois=np.flatnonzero(num_train < self.rare_below))

    def metainfo(self) -> dict:
        """What models, metrics and visualizers read of a data set.

        Returns:
            dict: Plain data: classes (O object names), palette (O RGB
            colours), verb_classes (V names), hoi_classes (H names `verb
            object`), hoi_to_verb and hoi_to_object (H indices each),
            rare_hois, evaluated_hois (ids).
        """
        # The colours of mmdet's palette `random`.
        colors = np.random.RandomState(42).randint(0, 256,
                                                   (len(self.objects), 3))
        return dict(
            classes=self.objects,
            palette=[tuple(color) for color in colors.tolist()],
            verb_classes=self.verbs,
            hoi_classes=self.hois,
            hoi_to_verb=self.hoi_verbs.tolist(),
            hoi_to_object=self.hoi_objects.tolist(),
            rare_hois=self.rare_hois.tolist(),
            evaluated_hois=self.evaluated_hois.tolist())
