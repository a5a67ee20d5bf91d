# Copyright (c) mmhoi contributors.
import gzip

import pytest
from mini_clip.bpe_training import learn_merges, write_merges
from open_clip.tokenizer import SimpleTokenizer

from mmhoi.label_spaces import load_label_space
from mmhoi.models.vision_language.open_clip_loader import MINI_DIR


@pytest.mark.parametrize('texts, max_merges, expected', [
    (['ride a bike', 'ride it'], 9, [('d', 'e</w>'), ('i', 'de</w>'),
                                     ('r', 'ide</w>')]),
    (['ride a bike', 'ride it'], 1, [('d', 'e</w>')]),
    (['ABAB! abab?'], 9, [('a', 'b'), ('a', 'b</w>'), ('ab', 'ab</w>')]),
    (['aaa aaa'], 1, [('a', 'a')]),
    (['ab', 'cd'], 9, []),
    ([], 9, []),
])
def test_learn_merges(texts, max_merges, expected):
    assert learn_merges(texts, max_merges) == expected


def test_tokenizer_reads_what_is_written(tmp_path):
    path = tmp_path / 'bpe.txt.gz'
    merges = learn_merges(['riding a bicycle', 'riding it', 'bicycle'])
    size = write_merges(path, merges)
    tokenizer = SimpleTokenizer(str(path), context_length=8)
    # One token per word that was seen twice, and no empty merge at the end.
    assert size == tokenizer.vocab_size
    assert [tokenizer.decoder[i] for i in tokenizer.encode('riding bicycle')
            ] == ['riding</w>', 'bicycle</w>']
    assert '' not in tokenizer.encoder


def test_shipped_file_is_the_one_that_the_prompts_give(tmp_path):
    space = load_label_space('hico_det')
    prompts = space.hoi_prompts + space.object_prompts
    write_merges(tmp_path / 'bpe.txt.gz', learn_merges(prompts))
    shipped = MINI_DIR / 'mini_clip_bpe.txt.gz'
    assert gzip.decompress(shipped.read_bytes()) == gzip.decompress(
        (tmp_path / 'bpe.txt.gz').read_bytes())
