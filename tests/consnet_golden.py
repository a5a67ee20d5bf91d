# Copyright (c) mmhoi contributors.
"""What the official code of ConsNet computed, and our parts for it."""
import gzip
import io
from pathlib import Path
from typing import Any, Dict, Union

import torch
from torch import Tensor, nn

from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads import ConsNetHead
from mmhoi.models.heads.consnet import BoxPairStream, BoxStream, GraphAttention
from mmhoi.models.heads.pair_streams import PairRows
from mmhoi.structures import PairProposals

FOLDER = Path(__file__).parent / 'data'
SPACE = load_label_space('hico_det')
#: Official names of streams and of their parts.
STREAMS = dict(human='h_emb', object='o_emb', action='a_emb', triplet='t_emb')
PARTS = dict(sub='h_appr', obj='o_appr')
ATTENTION = dict(
    weight='weight',
    to_node='weight_i',
    from_node='weight_j',
    residual='weight_r',
    bias='bias')


def read(name: str, folder: Union[str, Path] = FOLDER) -> Dict[str, Any]:
    """One of the files: core, graph or pairs."""
    path = Path(folder) / f'consnet_{name}.pt'
    zipped = path.with_name(path.name + '.gz')
    data = gzip.decompress(
        zipped.read_bytes()) if zipped.is_file() else path.read_bytes()
    return torch.load(io.BytesIO(data), weights_only=True)


def golden_head(content: Dict[str, Any], split: str = None) -> ConsNetHead:
    """Our head with the official sizes and weights."""
    head = ConsNetHead(
        embed_dims=32,
        label_space='hico_det',
        zero_shot_split=split,
        graph=dict(clip=dict(model_name='mmhoi-mini'), hidden_dims=(64, 64)),
        test_cfg=dict(score_thr=0., soft_nms=False))
    pair = dict(
        embed_dims=24, layout_dims=(12, 16), hidden_dims=40, out_dims=32)
    head.streams = nn.ModuleDict(
        dict(
            human=BoxStream(24, 32, 32, 'sub'),
            object=BoxStream(24, 32, 32, 'obj'),
            action=BoxPairStream(**pair),
            triplet=BoxPairStream(**pair)))
    head.graph.layers[0] = GraphAttention(16, 64, 8)
    nodes = content['state_dict']['blocks.sem_emb.nodes']
    for kind, part in zip(('hoi', 'human', 'verb', 'object'),
                          nodes.split([600, 1, 117, 80])):
        setattr(head.graph, f'{kind}_words', part)
    # An edge leads from a node to those that see it.
    edges = content['graph_edges'].long()
    head.graph.edges.zero_()
    head.graph.edges[edges[:, 1], edges[:, 0]] = True
    state = head.state_dict()
    for name in state:
        official = official_name(name)
        if official is not None:
            state[name] = content['state_dict'][official].view_as(state[name])
    head.load_state_dict(state)
    return head


def official_name(name: str) -> str:
    """What a weight is called there; None if it is no weight there."""
    kind, *path = name.split('.')
    if kind == 'graph' and path[0] == 'layers':
        prefix = f'blocks.sem_emb.msg_pass.{path[1]}.'
        return prefix + ('.'.join(path[2:]) if path[2] == 'norm' else
                         f'msg_pass.{ATTENTION[path[2]]}')
    if kind != 'streams':
        return None
    stream, part, *layer = path
    # Ours has a module for each of linear, norm and ReLU.
    index, weight = (layer if len(layer) == 2 else ('0', *layer))
    place = ('linear', 'norm')[int(index) % 3]
    return (f'blocks.{STREAMS[stream]}.{PARTS.get(part, part)}.'
            f'{int(index) // 3}.{place}.{weight}')


def golden_rows(content: Dict[str, Any]) -> PairRows:
    """The official pairs."""
    data = content['inputs']
    boxes = data['meta'][:, 1:]
    none = boxes.new_zeros(len(boxes), 0)
    return PairRows(data['h_appr'], data['o_appr'], none, boxes[:, :4],
                    boxes[:, 4:], none.long(), none)


def golden_proposals(content: Dict[str, Any]) -> PairProposals:
    """Their boxes, one after the other, with the official scores."""
    data = content['inputs']
    boxes = data['meta'][:, 1:]
    count = len(boxes)
    scores = torch.cat([data['h_conf'], data['o_conf']])
    rows = torch.arange(count)
    return PairProposals(
        torch.cat([boxes[:, :4], boxes[:, 4:]]),
        scores.argmax(1),
        scores.amax(1),
        rows,
        rows + count,
        all_scores=scores)


def error(ours: Tensor, official: Tensor) -> float:
    """Largest difference."""
    return (ours - official).abs().max().item()
