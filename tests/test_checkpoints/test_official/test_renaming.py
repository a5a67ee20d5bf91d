# Copyright (c) mmhoi contributors.
import pytest
from test_checkpoints.test_official.official_states import MODELS, TABLES

from mmhoi.checkpoints.official.family import OfficialMethod
from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.checkpoints.official.renaming import OURS


@pytest.mark.parametrize('model', MODELS)
def test_renaming_is_one_to_one(model):
    renaming = FAMILIES[MODELS[model][0]].renaming
    names = [row[0] for row in TABLES[model]]
    dropped = {name for name in names if renaming.is_dropped(name)}
    kept = [name for name in names if name not in dropped]
    ours = [renaming.rename(name) for name in kept]
    assert None not in ours
    assert len(set(ours)) == len(kept)
    assert [renaming.rename(name, OURS) for name in ours] == kept


def test_what_has_no_effect():
    """As many as the official training leaves without gradient, and more."""
    renaming = FAMILIES['hoiclip'].renaming
    dropped = [
        row[0] for row in TABLES['hico_default'] if renaming.is_dropped(row[0])
    ]
    unused = [
        name for name in dropped
        if not name.startswith(('clip_model.', 'verb2hoi_proj'))
    ]
    # 3 decoder layers of 18, their norm, 3 norms, 1 embedding, 1 projection.
    assert len(unused) == 3 * 18 + 2 + 3 * 2 + 1 + 4
    text_tower = [n for n in dropped if n.startswith('clip_model.')]
    # 12 layers of 12, 2 embeddings, 1 norm, projection and scale.
    assert len(text_tower) == 12 * 12 + 2 + 2 + 2
    assert len(dropped) == len(unused) + len(text_tower) + 2


@pytest.mark.parametrize('name', [
    'transformer.clip_interaction_decoder.layers.0.norm5.weight',
    'transformer.instance_decoder.layers.0.norm4.weight',
    'transformer.instance_decoder.query_scale.weight',
    'class_embed.weight',
])
def test_unknown_names(name):
    for family in FAMILIES.values():
        if not isinstance(family, OfficialMethod):
            continue
        renaming = family.renaming
        assert renaming.rename(name) is None
        assert not renaming.is_dropped(name)
