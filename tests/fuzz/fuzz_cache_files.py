# Copyright (c) mmhoi contributors.
"""Small valid files of caches, vectors and exported models; their readers."""
import json

import numpy as np
import torch
from fuzz_mutations import (mutate_json, mutate_npz, mutate_only_bytes,
                            mutate_zip_member)
from fuzz_torch_files import mutate_safetensors, mutate_torch, saved
from torch import nn

from mmhoi.checkpoints.without_weights import without_weights
from mmhoi.deployment.model_info import METADATA_KEY, ModelInfo, Preprocessing
from mmhoi.deployment.torch_inferencer import TorchHOIInferencer
from mmhoi.label_spaces import load_label_space
from mmhoi.models.heads.consnet.graph_file import load_graph, save_graph
from mmhoi.models.heads.consnet.node_words import KINDS, load_node_words
from mmhoi.models.heads.functional.class_words import word_vectors
from mmhoi.models.heads.pair_streams.class_weights import _extra_counts
from mmhoi.models.vision_language.clip_text import _read as read_cached_texts
from mmhoi.models.vision_language.feature_store import FeatureStore
from mmhoi.models.vision_language.open_clip_loader import (load_open_clip,
                                                           weights_identity)
from mmhoi.models.vision_language.verb_embedding_files import (
    load_verb_embeddings, rows_of_verbs, save_verb_embeddings)
from mmhoi.models.vision_language.verb_embeddings import RegionSums
from mmhoi.models.vision_language.verb_extraction import (_load_state,
                                                          _save_state)

CLASSES = dict(objects=['bicycle', 'cart'], verbs=['ride', 'push'])


def arrays(name, **content):
    """Function that writes arrays into a folder."""

    def make(folder):
        np.savez(folder / name, **content)
        return folder / name

    return make


def read_text_cache(path):
    """An unusable one is computed again."""
    found = read_cached_texts(path, 3)
    assert found is None or found.isfinite().all() and found.is_floating_point(
    ) and len(found) == 3


def make_features(folder):
    """Features of CLIP as they are cached."""
    FeatureStore(folder / 'store', 10**9).write(
        'abcd', dict(tokens=torch.ones(2, 3), feature=torch.ones(3)))
    return folder / 'store' / 'ab' / 'cd.safetensors'


def read_features(path):
    """Unusable ones are computed again."""
    found = FeatureStore(path.parents[1], 10**9).read('abcd')
    assert found is None or all(x.isfinite().all() for x in found.values())


def make_verb_embeddings(folder):
    path = folder / 'verbs.safetensors'
    save_verb_embeddings(
        path,
        torch.eye(2),
        None,
        label_space='x',
        clip='y',
        verbs=json.dumps(['ride', 'push']))
    return path


def read_verb_embeddings(path):
    embeddings = load_verb_embeddings(path)
    rows_of_verbs(path, embeddings, ['push', 'ride'], 'x')


def make_npy(folder):
    np.save(folder / 'verbs.npy', np.eye(2, 4))
    return folder / 'verbs.npy'


def make_clip_config(folder):
    """Config of a CLIP of one's own."""
    path = folder / 'tiny.json'
    path.write_text(
        json.dumps(
            dict(
                embed_dim=16,
                quick_gelu=True,
                vision_cfg=dict(
                    image_size=32,
                    patch_size=16,
                    width=24,
                    layers=2,
                    head_width=12),
                text_cfg=dict(
                    context_length=16,
                    vocab_size=99,
                    width=16,
                    heads=2,
                    layers=1))))
    return path


def read_clip_config(path):
    with torch.device('meta'), without_weights():
        load_open_clip(str(path))
    weights_identity(str(path), 'random')


def make_clip_weights(folder):
    """Weights of such a CLIP, in a folder with its config."""
    config = make_clip_config(folder)
    torch.save(
        load_open_clip(str(config), 'random').model.state_dict(),
        folder / 'weights.pt')
    return folder / 'weights.pt'


def read_clip_weights(path):
    load_open_clip(str(path.with_name('tiny.json')), str(path))


def _sums():
    return RegionSums.zeros(3, 2, 4)


def make_extraction(folder):
    """State of an extraction of verb embeddings that was stopped."""
    _save_state(folder / 'state.pt', _sums(), dict(split='', clip='x'), 5, [])
    return folder / 'state.pt'


def read_extraction(path):
    _load_state(path, _sums(), dict(split='', clip='x'))


def node_arrays():
    """Vectors of the classes and of the human."""
    space = load_label_space(CLASSES)
    names = dict(hoi=space.hois, verb=space.verbs, object=space.objects)
    return dict({f'{kind}_names': np.array(names[kind])
                 for kind in KINDS},
                **{
                    f'{kind}_vectors': np.ones((len(names[kind]), 4))
                    for kind in KINDS
                },
                human_vector=np.ones(4))


def make_node_json(folder):
    path = folder / 'words.json'
    path.write_text(
        json.dumps({
            key: x.tolist()
            for key, x in node_arrays().items()
        }))
    return path


def read_node_words(path):
    load_node_words(load_label_space(CLASSES), str(path))


def make_graph(folder):
    space = load_label_space(CLASSES)
    size = 1 + sum(map(len, (space.hois, space.verbs, space.objects)))
    save_graph(folder / 'graph.npz', torch.ones(size, size, dtype=torch.bool),
               space, 'strict')
    return folder / 'graph.npz'


def make_counts(folder):
    path = folder / 'counts.json'
    path.write_text(json.dumps(dict(extra_counts={'0': 3, '2': 1})))
    return path


def model_info():
    """What an exported model says of itself."""
    return ModelInfo(
        meta=dict(
            classes=['a'],
            verb_classes=['b'],
            hoi_classes=['b a'],
            hoi_to_verb=[0],
            hoi_to_object=[0]),
        hoi_verbs=(0, ),
        preprocessing=Preprocessing(32, 64, True, (0, 0, 0), (255, 255, 255),
                                    1, 0, None, (), ()),
        max_per_img=100,
        pair_nms=None)


def make_model_info(folder):
    path = folder / 'info.json'
    path.write_text(model_info().to_json())
    return path


class _Graph(nn.Module):
    """Outputs of an exported model, of one query and one HOI."""

    def forward(self, img, padding_mask):
        one = img.mean() * 0 + .5
        scores = one.expand(1, 1, 1)
        boxes = torch.stack([one * 0, one * 0, one, one]).expand(1, 1, 4)
        return (scores, scores, scores, torch.zeros_like(scores).long(), boxes,
                boxes)


def make_exported(folder):
    path = folder / 'model.pt2'
    program = torch.export.export(
        _Graph(), (),
        dict(
            img=torch.zeros(1, 3, 32, 32),
            padding_mask=torch.zeros(1, 32, 32, dtype=torch.bool)))
    torch.export.save(
        program, path, extra_files={METADATA_KEY: model_info().to_json()})
    return path


def read_exported(path):
    inferencer = TorchHOIInferencer(path, show_progress=False)
    inferencer(np.zeros((32, 32, 3), np.uint8))


CACHES = {
    'text_cache': (saved('text.pt', lambda: torch.ones(3, 4)),
                   read_text_cache, mutate_torch),
    'clip_features': (make_features, read_features, mutate_safetensors),
    'clip_config': (make_clip_config, read_clip_config, mutate_json),
    'clip_weights': (make_clip_weights, read_clip_weights, mutate_torch),
    'verb_embeddings': (make_verb_embeddings, read_verb_embeddings,
                        mutate_safetensors),
    'verb_embeddings_pt': (saved('verbs.pt', lambda: torch.eye(2, 4)),
                           load_verb_embeddings, mutate_torch),
    'verb_embeddings_npy': (make_npy, load_verb_embeddings,
                            mutate_only_bytes),
    'verb_extraction': (make_extraction, read_extraction, mutate_torch),
    'node_words_npz': (lambda folder: arrays('words.npz', **node_arrays())(
        folder), read_node_words, mutate_npz),
    'node_words_json': (make_node_json, read_node_words, mutate_json),
    'consistency_graph': (make_graph, lambda path: load_graph(
        str(path), load_label_space(CLASSES), None, strict=True), mutate_npz),
    'class_words': (arrays(
        'words.npz',
        names=np.array(['person', 'bicycle', 'cart']),
        vectors=np.ones((3, 4))), lambda path: word_vectors(
            load_label_space(CLASSES), str(path)), mutate_npz),
    'class_counts': (make_counts, lambda path: list(
        _extra_counts(str(path), load_label_space(CLASSES))), mutate_json),
    'export_description': (make_model_info, lambda path: ModelInfo.from_json(
        path.read_text(encoding='utf-8', errors='replace')), mutate_json),
    'exported_torch': (make_exported, read_exported, mutate_zip_member),
}  # yapf: disable
