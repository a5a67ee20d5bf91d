# Copyright (c) mmhoi contributors.
"""Files of verb embeddings, and what they tell about their origin."""
import json
import re
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, Optional, Sequence, Union

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from mmhoi.checkpoints.packaged import ASSETS, PREFIX
from mmhoi.label_spaces import ClassNames, split_key
from mmhoi.label_spaces.class_names import describe_difference
from mmhoi.utils.plain_tensors import is_plain
from mmhoi.utils.whole_file import write_whole
from .open_clip_loader import weights_identity

#: Metadata of a .safetensors file: the split whose unseen pairs are left out.
SPLIT_KEY = 'zero_shot_split'
#: The names of the rows, as a JSON list.
VERBS_KEY = 'verbs'
#: What `weights_identity` says of the CLIP that saw the pairs.
CLIP_KEY = 'clip_identity'
_HASH = re.compile(r'\b[0-9a-f]{64}$')
_REMEDY = 'make a file for it with tools/misc/extract_verb_embeddings.py'


def verb_embedding_path(path: Union[str, Path]) -> Path:
    """Path of a file, which may come with mmhoi (`mmhoi://mini/...`).

    Raises:
        FileNotFoundError: If there is no such file.
    """
    name = str(path)
    if name.startswith(PREFIX):
        path = ASSETS / name[len(PREFIX):]
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f'verb embeddings not found: {name}; correct the path, make the '
            'file with tools/misc/extract_verb_embeddings.py, or set it to '
            'None to start from text embeddings')
    return path


def load_verb_embeddings(path: Union[str, Path]) -> Tensor:
    """Read verb embeddings from a file that holds one array.

    Args:
        path (str | Path): File of type .pt, .pth, .npy or .safetensors, or
            `mmhoi://` and a path of the package.

    Returns:
        Tensor: The embeddings, float32, shape (V, E).

    Raises:
        FileNotFoundError: If the file does not exist.
        ValueError: If its type is unknown, or it does not hold exactly one
            array of two dimensions and finite values.
    """
    path = verb_embedding_path(path)
    if path.suffix not in ('.pt', '.pth', '.npy', '.safetensors'):
        raise ValueError(f'verb embeddings {path}: unknown file type; '
                         'allowed: .pt, .pth, .npy, .safetensors')
    with _named_errors(path):
        if path.suffix == '.npy':
            content = torch.from_numpy(np.load(path))
        elif path.suffix == '.safetensors':
            content = load_file(path)
        else:
            content = torch.load(path, map_location='cpu', weights_only=True)
    if isinstance(content, dict) and len(content) == 1:
        content = next(iter(content.values()))
    if not is_plain(content) or content.ndim != 2:
        raise ValueError(f'verb embeddings {path} must hold exactly one '
                         'array of shape (verbs, feature width)')
    if not content.isfinite().all():
        rows = (~content.isfinite().all(1)).nonzero().flatten().tolist()
        raise ValueError(f'verb embeddings {path} are not finite in rows '
                         f'{rows}')
    return content.float()


def verb_embedding_metadata(path: Union[str, Path]) -> Dict[str, str]:
    """What a file tells about its origin, see `save_verb_embeddings`.

    Returns:
        dict[str, str]: Empty if the type of the file cannot tell anything.
    """
    path = verb_embedding_path(path)
    if path.suffix != '.safetensors':
        return {}
    with _named_errors(path), safe_open(path, 'pt') as file:
        return file.metadata() or {}


@contextmanager
def _named_errors(path: Path) -> Iterator[None]:
    """Say which file it is that libraries cannot read."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:  # Of damaged bytes an unpickler raises any.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ValueError(f'verb embeddings {path} cannot be read ({reason}); '
                         'the file is damaged: make it again with '
                         'tools/misc/extract_verb_embeddings.py') from error


def save_verb_embeddings(path: Union[str, Path],
                         embeddings: Tensor,
                         zero_shot_split: Optional[str] = None,
                         **origin: str) -> None:
    """Write verb embeddings with their origin.

    Args:
        path (str | Path): File to write, of type .safetensors.
        embeddings (Tensor): Verb embeddings, shape (V, E).
        zero_shot_split (str, optional): Split whose unseen pairs were left
            out. Defaults to None: all training pairs were used.
        **origin (str): More of the origin: `verbs` (a JSON list of the names
            of the rows), `clip` (name of the CLIP model) and `clip_identity`
            (of `weights_identity`), `label_space` (its name). A model
            refuses a file of others.

    Raises:
        ValueError: If the file type cannot hold the origin.
    """
    path = Path(path)
    if path.suffix != '.safetensors':
        raise ValueError(f'verb embeddings {path}: only .safetensors files '
                         'can tell for which split they were made')
    with write_whole(path) as draft:
        save_file({'verb_embeddings': embeddings.contiguous()},
                  draft,
                  metadata={
                      SPLIT_KEY: zero_shot_split or '',
                      **origin
                  })


def check_clip(path: Union[str, Path],
               model_name: str,
               pretrained: Optional[str] = None,
               **_: object) -> None:
    """Refuse a file that was made with another CLIP.

    Args:
        path (str | Path): The file.
        model_name (str): The CLIP model that is used.
        pretrained (str, optional): Its weights. Defaults to None.
        **_ (object): Other settings of `clip`, which do not matter.

    Raises:
        ValueError: If the file tells another model, or other weights.
    """
    origin = verb_embedding_metadata(path)
    found, used = origin.get('clip', model_name), str(model_name)
    if CLIP_KEY in origin:
        noted = origin[CLIP_KEY], weights_identity(model_name, pretrained)
        # A tag and a file cannot be compared.
        if len({_HASH.search(text) is None for text in noted}) == 1:
            found, used = noted
    if found != used:
        raise ValueError(
            f'verb embeddings {path} were made for clip "{found}", but the '
            f'model has "{used}"; {_REMEDY}')


def rows_of_verbs(path: Union[str, Path],
                  embeddings: Tensor,
                  verbs: Optional[Sequence[str]] = None,
                  label_space: Optional[str] = None) -> Tensor:
    """Rows of verbs by their names, whatever order the file has.

    Args:
        path (str | Path): The file.
        embeddings (Tensor): Its rows, shape (V, E).
        verbs (Sequence[str], optional): Names of V verbs. Defaults to None:
            they are not compared.
        label_space (str, optional): Name of the label space, which a file
            that does not tell its verbs is compared by. Defaults to None.

    Returns:
        Tensor: The rows in the order of `verbs`, or as they are if the file
        does not tell its verbs.

    Raises:
        ValueError: If the file was made for other verbs.
    """
    origin = verb_embedding_metadata(path)
    # Files of before tell the number of pairs of each verb.
    known = origin.get(VERBS_KEY) or origin.get('num_pairs')
    if known is None or verbs is None:
        made_for = origin.get('label_space')
        if None not in (made_for, label_space) and made_for != label_space:
            raise ValueError(
                f'verb embeddings {path} were made for label_space '
                f'"{made_for}", but the model has "{label_space}"; {_REMEDY}')
        return embeddings
    try:
        names = [str(name) for name in json.loads(known)]
    except (TypeError, ValueError) as error:
        raise ValueError(f'verb embeddings {path}: damaged metadata '
                         f'({error}); {_REMEDY}') from error
    if sorted(names) != sorted(verbs) or len(names) != len(embeddings):
        difference = describe_difference(
            ClassNames(verbs=tuple(verbs)), ClassNames(verbs=tuple(names)),
            ('the model', 'the file'))
        raise ValueError(f'verb embeddings {path} were made for other verbs: '
                         f'{difference}; {_REMEDY}')
    return embeddings[[names.index(verb) for verb in verbs]]


def check_strict(embeddings: Union[str, Path, Tensor, None],
                 zero_shot_split: Optional[str]) -> None:
    """Refuse what may hold something of an unseen pair.

    Args:
        embeddings (str | Path | Tensor, optional): What verb embeddings start
            from; None, the texts, is always fine.
        zero_shot_split (str, optional): The split of the model.

    Raises:
        ValueError: If there is no split, or the embeddings are not known to
            be made without its unseen pairs.
    """
    if zero_shot_split is None:
        raise ValueError(
            'strict=True (config key `interaction_classifier.verbs.strict`) '
            'is about the unseen pairs of a zero-shot split; set '
            '`zero_shot_split` of the head')
    if embeddings is None:
        return
    source, made_for = '`embeddings`', None
    if isinstance(embeddings, (str, Path)):
        load_verb_embeddings(embeddings)
        source = str(embeddings)
        made_for = verb_embedding_metadata(embeddings).get(SPLIT_KEY)
    if split_key(made_for) == split_key(zero_shot_split):
        return
    if made_for is None:
        problem = 'do not tell how they were made'
    else:
        problem = ('were made from all training pairs' if made_for == '' else
                   f'were made for the split "{made_for}"')
    raise ValueError(
        f'verb embeddings {source} {problem}, but strict=True needs those '
        f'without the unseen pairs of "{zero_shot_split}": '
        'tools/misc/extract_verb_embeddings.py --split makes them; set '
        '`interaction_classifier.verbs.embeddings` to None to start from '
        'text, or use the config without `_strict`')
