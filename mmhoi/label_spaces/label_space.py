# Copyright (c) mmhoi contributors.
"""Label spaces: objects, verbs and their combinations, read from metainfo."""
import json
from dataclasses import dataclass
from functools import lru_cache
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


@lru_cache(maxsize=None)
def load_label_space(name: str) -> LabelSpace:
    """Read a label space from the package data.

    Args:
        name (str): `hico_det` or `vcoco`; or a class file of own data (.json),
            see :func:`mmhoi.label_spaces.class_file.parse_classes`; or the
            category file of SWIG-HOI (.py or .json), see
            :func:`mmhoi.label_spaces.swig.load_swig_label_space`.

    Returns:
        LabelSpace: The tables.

    Raises:
        FileNotFoundError: If a file is named that does not exist.
        ValueError: If the name is unknown or the file is malformed.

    Examples:
        >>> space = load_label_space('hico_det')
        >>> len(space.objects), len(space.verbs), len(space.hois)
        (80, 117, 600)
        >>> space.hois[153]
        'ride motorcycle'
    """
    if Path(name).suffix in ('.json', '.py'):
        return _load_file(name)
    if name not in LABEL_SPACES:
        raise ValueError(
            f'unknown label space "{name}"; allowed: '
            f'{", ".join(LABEL_SPACES)}, a class file (.json) or the category '
            'file of SWIG-HOI')
    table = json.loads((METAINFO_DIR / f'{name}.json').read_text())
    extra = [table['no_object_text']] if 'no_object_text' in table else []
    return LabelSpace(
        objects=tuple(o['name'] for o in table['objects']),
        verbs=tuple(v['name'] for v in table['verbs']),
        category_ids=tuple(o['coco_id'] for o in table['objects']),
        hoi_verbs=np.array([h['verb'] for h in table['hois']]),
        hoi_objects=np.array([h['object'] for h in table['hois']]),
        hoi_prompts=tuple(h['prompt'] for h in table['hois']),
        object_prompts=tuple([o['clip_text'] for o in table['objects']] +
                             extra + [table['background_text']]),
        num_train=np.array([h['num_train'] or 0 for h in table['hois']]))


def _load_file(path: str) -> LabelSpace:
    """Label space of a file, whose keys tell what it is."""
    from .class_file import load_class_file, read_class_json
    from .swig import is_swig_table, load_swig_label_space
    if Path(path).suffix == '.py' or is_swig_table(read_class_json(path)):
        return load_swig_label_space(path)
    return load_class_file(path)
