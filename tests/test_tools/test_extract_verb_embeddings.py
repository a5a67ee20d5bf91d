# Copyright (c) mmhoi contributors.
import json
import shutil
from pathlib import Path

import pytest
import torch

from mmhoi.label_spaces import load_label_space, unseen_hois
from mmhoi.models.vision_language import load_verb_embeddings, verb_extraction
from mmhoi.models.vision_language.verb_embedding_files import \
    verb_embedding_metadata
from mmhoi.synthetic import write_synhico

CONFIGS = Path(__file__).resolve().parents[2] / 'configs' / 'hoiclip'
MINI = CONFIGS / 'hoiclip_mini_synhico.py'
TOOL = 'misc/extract_verb_embeddings'


@pytest.fixture(scope='module')
def data_root(tmp_path_factory):
    folder = tmp_path_factory.mktemp('synhico') / 'data'
    write_synhico(folder, 30, 4, progress=False, vcoco=True)
    return folder


@pytest.fixture
def extract(run_tool, data_root, tmp_path):

    def run(*args, config=MINI):
        out = tmp_path / 'verb.safetensors'
        status = run_tool(TOOL, config, out, '--num-workers', 0, *args,
                          '--cfg-options',
                          f'train_dataloader.dataset.data_root={data_root}')
        return out, verb_embedding_metadata(out) if status == 0 else status

    return run


def num_pairs(metadata):
    return json.loads(metadata['num_pairs'])


@pytest.mark.parametrize('method', ['arithmetic', 'mean', 'text'])
def test_methods(extract, method, capsys):
    out, metadata = extract('--method', method)
    rows = load_verb_embeddings(out)
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(117))
    assert metadata['label_space'] == 'hico_det'
    assert metadata['clip'] == 'mmhoi-mini'
    assert metadata['method'] == method
    assert metadata['zero_shot_split'] == ''
    counts = num_pairs(metadata)
    assert list(counts) == list(load_label_space('hico_det').verbs)
    assert (sum(counts.values()) > 0) == (method != 'text')
    warning = 'have no training pair and get their text embeddings: adjust'
    assert (warning in capsys.readouterr().err) == (method != 'text')


def test_a_verb_without_pairs_gets_its_text(extract):
    texts = load_verb_embeddings(extract('--method', 'text')[0])
    out, metadata = extract('--overwrite')
    rows = load_verb_embeddings(out)
    for verb, count in enumerate(num_pairs(metadata).values()):
        assert torch.equal(rows[verb], texts[verb]) == (count == 0)


@pytest.mark.parametrize('options, config, split', [
    (['--split', 'uv'], MINI, 'uv'),
    (['--strict'], CONFIGS / 'mini/hoiclip_mini_synhico_uv.py', 'uv'),
    ([], CONFIGS / 'mini/hoiclip_mini_synhico_uv.py', ''),
])
def test_split(extract, options, config, split):
    _, metadata = extract(*options, config=config)
    assert metadata['zero_shot_split'] == split
    space = load_label_space('hico_det')
    unseen = {space.verbs[space.hoi_verbs[hoi]] for hoi in unseen_hois('uv')}
    counts = num_pairs(metadata)
    assert (sum(counts[verb] for verb in unseen) == 0) == (split == 'uv')
    assert sum(counts.values()) > 0


@pytest.fixture
def interrupted(extract, monkeypatch):
    """Path of the file of a run that stopped in its third batch of eight."""
    add_batch, done = verb_extraction._add_batch, []

    def stop(*args):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(add_batch(*args))

    monkeypatch.setattr(verb_extraction, 'SAVE_EVERY', 1)
    with monkeypatch.context() as patch:
        patch.setattr(verb_extraction, '_add_batch', stop)
        assert extract('--batch-size', 4)[1] == 130
    return extract


def test_resume(interrupted, tmp_path, monkeypatch, capsys):
    state = tmp_path / 'verb.unfinished.pth'
    assert interrupted('--batch-size', 4)[1] == 1
    assert '--resume, or delete' in capsys.readouterr().err
    assert state.exists()
    done, add_batch = [], verb_extraction._add_batch
    with monkeypatch.context() as patch:
        patch.setattr(verb_extraction, '_add_batch',
                      lambda *args: done.append(add_batch(*args)))
        rows = load_verb_embeddings(
            interrupted('--batch-size', 4, '--resume')[0])
    assert len(done) == 6
    assert not state.exists()
    whole = load_verb_embeddings(interrupted('--batch-size', 4)[0])
    assert torch.equal(rows, whole)


@pytest.mark.parametrize('on_error, num_workers', [('stop', 0), ('stop', 1),
                                                   ('skip', 0)])
def test_unreadable_image(on_error, num_workers, run_tool, fail_tool,
                          data_root, tmp_path, monkeypatch):
    root = tmp_path / 'data'
    shutil.copytree(data_root, root)
    config = tmp_path / 'config.py'
    config.write_text(f'_base_ = "{MINI}"\n'
                      'train_dataloader = dict(dataset=dict(pipeline=['
                      f'dict(type="LoadHOIImage", on_error="{on_error}")]))\n')
    bad = sorted((root / 'images' / 'train2015').iterdir())[3]
    bad.write_bytes(b'no image')
    args = (TOOL, config, tmp_path / 'verb.safetensors', '--num-workers',
            num_workers, '--method', 'mean', '--cfg-options',
            f'train_dataloader.dataset.data_root={root}')
    if on_error == 'skip':
        told = []
        monkeypatch.setattr(verb_extraction, 'tell_unread',
                            lambda paths, _: told.extend(paths))
        run_tool(*args)
        assert (tmp_path / 'verb.safetensors').exists()
        assert [Path(path).name for path in told] == [bad.name]
    else:
        assert bad.name in fail_tool(*args).splitlines()[-1]


def test_strict_config_leaves_its_unseen_pairs_out(extract, tmp_path):
    config = tmp_path / 'strict.py'
    config.write_text(
        f'_base_ = "{CONFIGS}/mini/hoiclip_mini_synhico_uv.py"\n'
        'model = dict(bbox_head=dict(interaction_classifier=dict('
        'verbs=dict(strict=True))))\n')
    assert extract(config=config)[1]['zero_shot_split'] == 'uv'
    assert extract(
        '--overwrite', '--split', 'none',
        config=config)[1]['zero_shot_split'] == ''


def test_vcoco(extract):
    out, metadata = extract(config=CONFIGS / 'mini/hoiclip_mini_synvcoco.py')
    assert load_verb_embeddings(out).shape[0] == 29
    assert metadata['label_space'] == 'vcoco'
    assert num_pairs(metadata)['stand'] > 0


@pytest.mark.parametrize('args, words', [
    ([MINI, 'verb.pth'], ''),
    ([MINI, 'verb.safetensors', '--batch-size', '0'], ''),
    (['none.py', 'verb.safetensors'], 'none.py'),
    ([
        CONFIGS / 'mini/hoiclip_mini_synhico_ablation-base.py',
        'verb.safetensors'
    ], 'no verb branch'),
    ([MINI, 'verb.safetensors', '--split', 'xy'], 'xy'),
    ([MINI, 'verb.safetensors', '--strict'], 'names no zero-shot split'),
    ([MINI, 'verb.safetensors', '--device', 'abacus'], 'device "abacus"'),
])
def test_bad_arguments(fail_tool, args, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert words in fail_tool(TOOL, *args)
    assert not list(tmp_path.glob('verb*'))
