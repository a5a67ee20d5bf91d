# Copyright (c) mmhoi contributors.
"""Files of consistency graphs, which tell their classes and their origin."""
from pathlib import Path
from typing import Optional

import numpy as np
import torch
from torch import Tensor

from mmhoi.label_spaces import ClassNames, LabelSpace, split_key
from mmhoi.label_spaces.class_names import describe_difference
from mmhoi.utils.npz_files import read_npz
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.whole_file import write_whole

#: How a graph was made: as in the authors' code, with the annotations of the
#: test set and a slip; without the slip; or of nothing but what training sees.
FLAVOURS = ('published', 'intended', 'strict')
_REMEDY = 'make a file for it with tools/misc/make_consistency_graph.py'


def save_graph(path: str,
               edges: Tensor,
               label_space: LabelSpace,
               flavour: str,
               zero_shot_split: Optional[str] = None) -> None:
    """Write a graph.

    Args:
        path (str): The file, an .npz.
        edges (Tensor): Which nodes are neighbours, bool, shape (N, N).
        label_space (LabelSpace): The classes, which are the nodes.
        flavour (str): One of `FLAVOURS`.
        zero_shot_split (str, optional): What was not looked at, if `strict`.
    """
    with write_whole(Path(path)) as draft, open(draft, 'wb') as file:
        np.savez_compressed(
            file,
            edges=edges.triu().nonzero().numpy(),
            hois=np.array(label_space.hois),
            verbs=np.array(label_space.verbs),
            objects=np.array(label_space.objects),
            flavour=flavour,
            zero_shot_split=zero_shot_split or '')


def load_graph(path: str,
               label_space: LabelSpace,
               zero_shot_split: Optional[str] = None,
               strict: bool = False) -> Tensor:
    """Read a graph.

    Args:
        path (str): The file.
        label_space (LabelSpace): The classes of the model.
        zero_shot_split (str, optional): Of the model.
        strict (bool): Whether to refuse a graph for which more was looked at
            than training sees. Defaults to False.

    Returns:
        Tensor: Which nodes are neighbours, bool, shape (N, N).

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If it is no graph, of other classes, or not as strict as it
            has to be.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(
            f'graph "{path}" does not exist; correct interaction_head.graph.'
            f'file, {_REMEDY}, or set it to None: words alone link')
    try:
        content = read_npz(path)
        rows = torch.from_numpy(content['edges'].astype(np.int64))
        names = ClassNames(
            **{
                kind: tuple(content[kind].tolist())
                for kind in ('objects', 'verbs', 'hois')
            })
        flavour = str(content['flavour'])
        split = str(content['zero_shot_split'])
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise SetupError(
            f'"{path}" is no graph ({error}); {_REMEDY}') from error
    wanted = ClassNames(
        objects=label_space.objects,
        verbs=label_space.verbs,
        hois=label_space.hois)
    if names != wanted:
        difference = describe_difference(wanted, names,
                                         ('the model', 'the file'))
        raise SetupError(f'graph "{path}" is of another label space than '
                         f'{label_space.name}: {difference}; {_REMEDY}')
    if strict and (flavour != 'strict'
                   or split_key(split) != split_key(zero_shot_split or '')):
        raise SetupError(
            f'graph "{path}" has the flavour "{flavour}" and was made for the '
            f'split "{split}", but graph.strict=True needs "strict" and '
            f'"{zero_shot_split or ""}"; {_REMEDY}')
    return _table(path, rows, label_space)


def _table(path: str, rows: Tensor, label_space: LabelSpace) -> Tensor:
    """Edges as a table."""
    size = 1 + sum(
        map(len, (label_space.hois, label_space.verbs, label_space.objects)))
    if rows.ndim != 2 or rows.shape[1] != 2 or ((rows < 0) |
                                                (rows >= size)).any():
        raise SetupError(f'graph "{path}": edges must be pairs of nodes, 0 to '
                         f'{size - 1}; {_REMEDY}')
    edges = torch.zeros(size, size, dtype=torch.bool)
    edges[rows[:, 0], rows[:, 1]] = True
    edges |= edges.T.clone()
    lonely = (~edges.any(1)).nonzero().flatten().tolist()
    if lonely:
        raise SetupError(f'graph "{path}": {len(lonely)} nodes have no '
                         f'neighbour, such as {lonely[:3]}; {_REMEDY}')
    return edges
