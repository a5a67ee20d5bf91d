# Copyright (c) mmhoi contributors.
import json
from pathlib import Path

import pytest

from mmhoi.models.vision_language import load_open_clip
from mmhoi.models.vision_language.open_clip_config import merge_file


@pytest.mark.parametrize('change, words', [
    (dict(embed_dim='16'), "`embed_dim` is '16', not a whole number"),
    (dict(embed_dim=None), 'it must have embed_dim, vision_cfg, text_cfg'),
    (dict(text_cfg=[]), '`text_cfg` is a list, not a dict'),
    (dict(vision_cfg=dict(width=.5)), '`vision_cfg.width` is 0.5'),
    (dict(vision_cfg=dict(layers=10**9)), '`vision_cfg.layers` is 1000000000'),
    (dict(vision_cfg=dict(colour=3)), 'tiny_clip-.* cannot be built'),
])
def test_nonsense(tiny_clip, change, words):
    path = Path(tiny_clip)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ValueError, match=words):
        load_open_clip(tiny_clip, 'random')


def test_other_files(tiny_clip, tmp_path):
    path = Path(tiny_clip)
    assert merge_file(path) is None
    content = json.loads(path.read_text())
    content['text_cfg']['tokenizer_kwargs'] = dict(bpe_path='none.gz')
    path.write_text(json.dumps(content))
    with pytest.raises(FileNotFoundError, match='no file "none.gz" beside'):
        merge_file(path)
    path.write_text('{')
    with pytest.raises(ValueError, match='tiny_clip.json": Expecting'):
        load_open_clip(tiny_clip, 'random')
    with pytest.raises(FileNotFoundError, match='not found: .*none.json'):
        load_open_clip(str(tmp_path / 'none.json'), 'random')
