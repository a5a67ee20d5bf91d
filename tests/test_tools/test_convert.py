# Copyright (c) mmhoi contributors.
import argparse
import importlib.util
import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from parity.model_config import open_clip_config
from tiny_configs import tiny_config

from mmhoi.checkpoints import config_of_checkpoint, read_checkpoint
from mmhoi.checkpoints.entries import EXTRAS
from mmhoi.checkpoints.official.conversion import export_official
from mmhoi.checkpoints.official.family import head_cfg
from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.label_spaces import load_label_space
from mmhoi.registry import MODELS
from mmhoi.setup_env import register_all_modules

# CLIP of the golden files.
CLIP_CONFIG = open_clip_config(
    dict(
        embed_dim=64,
        image_resolution=64,
        vision_layers=2,
        vision_width=64,
        vision_patch_size=16,
        context_length=77,
        vocab_size=49408,
        transformer_width=64,
        transformer_heads=1,
        transformer_layers=2))
ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT.parent / 'shared' / 'golden'
TOOL = 'model_converters/convert'
#: family, config
OFFICIAL = {
    'hico': ('hoiclip', 'hoiclip/hoiclip_r50_hico.py'),
    'rf_uc': ('hoiclip', 'hoiclip/zero_shot/hoiclip_r50_hico_rf-uc.py'),
    'vcoco': ('hoiclip', 'hoiclip/hoiclip_r50_vcoco.py'),
    'gen_vlkt': ('gen_vlkt', 'gen_vlkt/gen_vlkt_s_r50_hico.py'),
    'gen_vlkt_uv': ('gen_vlkt', 'gen_vlkt/gen_vlkt_s_r50_hico_uv.py'),
    'qpic': ('qpic', 'qpic/qpic_r50_hico.py'),
    'qpic_vcoco': ('qpic', 'qpic/qpic_r50_vcoco.py'),
    'cdn': ('cdn', 'cdn/cdn_s_r50_hico.py'),
    'cdn_vcoco': ('cdn', 'cdn/cdn_s_r50_vcoco.py'),
    'upt': ('upt', 'upt/upt_r50_hico.py'),
    'upt_vcoco': ('upt', 'upt/upt_r50_vcoco.py'),
    'pvic': ('pvic', 'pvic/pvic_r50_hico.py')
}
CLASSIFIERS = ('bbox_head.interaction_classifier', 'bbox_head.obj_classifier')


@pytest.fixture(autouse=True)
def modules():
    register_all_modules()


@pytest.fixture(scope='module')
def make_files(tmp_path_factory):
    """Function that writes a small official checkpoint and its config."""
    files = {}

    def make(name):
        if name not in files:
            files[name] = write_files(name, tmp_path_factory.mktemp(name))
        return files[name]

    return make


def write_files(name, folder):
    family, config = OFFICIAL[name]
    cfg = tiny_config(config, folder)
    cfg.dump(folder / 'config.py')
    with_bias = Config.fromfile(folder / 'config.py')
    if 'clip' in cfg.model:
        with_bias.merge_from_dict(
            {f'model.{part}.bias': True
             for part in CLASSIFIERS})
    if name == 'vcoco':
        with_bias.merge_from_dict({
            'model.bbox_head.interaction_classifier.verbs.'
            'official_vcoco_table':
            True
        })
    model = MODELS.build(with_bias.model)
    state = export_official(model.state_dict(), FAMILIES[family],
                            with_bias.model)
    # As on a GPU, and not zero where nothing would be noticed to be lost.
    state = {
        key:
        torch.randn(value.shape) if not value.any() else
        value.half() if key.endswith('proj_weight') else value
        for key, value in state.items()
    }
    path = folder / 'official.pth'
    torch.save(
        {
            FAMILIES[family].state_key: state,
            'epoch': 89,
            'args': argparse.Namespace(lr=1e-4)
        }, path)
    return family, path, folder / 'config.py'


def assert_bit_equal(path, other):
    first, second = (read_checkpoint(p)['state_dict'] for p in (path, other))
    assert list(first) == list(second)
    for name, value in first.items():
        assert value.dtype == second[name].dtype, name
        assert torch.equal(value, second[name]), name


@pytest.mark.parametrize('ending', ['pth', 'safetensors'])
@pytest.mark.parametrize('name', OFFICIAL)
def test_round_trip(make_files, run_tool, tmp_path, name, ending):
    family, path, config = make_files(name)
    ours = tmp_path / f'ours.{ending}'
    run_tool(TOOL, '--from', family, path, ours, '--config', config)
    run_tool(TOOL, '--to', family, ours, tmp_path / 'back.pth')
    assert_bit_equal(path, tmp_path / 'back.pth')
    key = FAMILIES[family].state_key
    assert list(torch.load(tmp_path / 'back.pth')) == [key]


@pytest.mark.parametrize('name', OFFICIAL)
def test_what_is_written(make_files, run_tool, tmp_path, name):
    family, path, config = make_files(name)
    run_tool(TOOL, '--from', family, path, tmp_path / 'a.pth', '--config',
             config)
    checkpoint = read_checkpoint(tmp_path / 'a.pth')
    meta = checkpoint['meta']
    model = config_of_checkpoint(checkpoint).model
    missing, unknown = MODELS.build(model).load_state_dict(
        checkpoint['state_dict'], strict=False)
    assert not unknown
    assert {key.split('.')[0]
            for key in missing
            } == ({'clip_visual'} if family == 'gen_vlkt' else set())
    head = head_cfg(model)
    tables = meta['class_tables']
    assert tables['label_space'] == head.label_space
    assert tables['zero_shot_split'] == head.get('zero_shot_split')
    hois = load_label_space(head.label_space).hois
    assert meta['dataset_meta']['hoi_classes'] == list(hois)
    assert meta['source']['family'] == family
    assert len(meta['source']['sha256']) == 64
    assert ('text_embedding_sha256' in meta) == ('clip' in model)


def test_half_precision(make_files, run_tool, tmp_path):
    family, path, config = make_files('hico')
    run_tool(TOOL, '--from', family, path, tmp_path / 'half.safetensors',
             '--half', '--config', config)
    checkpoint = read_checkpoint(tmp_path / 'half.safetensors')
    assert EXTRAS not in checkpoint
    assert {v.dtype
            for v in checkpoint['state_dict'].values()} == {torch.float16}


def test_model_trained_here(make_files, run_tool, tmp_path):
    """Official and back again it is what it was, but for biases of zero."""
    family, _, config = make_files('rf_uc')
    cfg = Config.fromfile(config)
    state = MODELS.build(cfg.model).state_dict()
    torch.save(
        dict(state_dict=state, meta=dict(cfg=cfg.pretty_text)),
        tmp_path / 'epoch_1.pth')
    run_tool(TOOL, '--to', family, tmp_path / 'epoch_1.pth',
             tmp_path / 'official.pth')
    run_tool(TOOL, '--from', family, tmp_path / 'official.pth',
             tmp_path / 'again.pth', '--config', config)
    again = read_checkpoint(tmp_path / 'again.pth')['state_dict']
    for part in CLASSIFIERS:
        assert not again.pop(f'{part}.texts.bias').any()
    kept = [name for name in state if 'num_batches_tracked' not in name]
    assert sorted(kept) == sorted(again)
    assert all(torch.equal(state[name], again[name]) for name in kept)


def shorten(path):
    path.write_bytes(path.read_bytes()[:20000])


def add_code(path):
    state = read_checkpoint(path)['state_dict']
    torch.save(dict(model=state, callback=print), path)


def add_name(path):
    state = read_checkpoint(path)['state_dict']
    torch.save(dict(model={**state, 'surprise.weight': torch.zeros(1)}), path)


def keep(path):
    """The file is right, the arguments are not."""


@pytest.mark.parametrize('name, change, config, words', [
    ('hico', shorten, 'hico', 'damaged, probably truncated'),
    ('hico', add_code, 'hico', 'refused: it holds more than weights, namely '
     'print'),
    ('hico', add_name, 'hico', 'surprise.weight'),
    ('gen_vlkt', keep, 'hico', 'family "gen_vlkt", not of "hoiclip"; use '
     '--from gen_vlkt'),
    ('vcoco', keep, 'hico', 'one of label space "vcoco"'),
    ('rf_uc', keep, 'hico', 'zero-shot split "rf_uc"'),
    ('hico', keep, 'rf_uc', 'with "rf_uc"'),
    ('hico', keep, 'gen_vlkt', 'interaction_decoder.type'),
    ('hico', keep, None, 'ViT-B-32-quickgelu'),
])
def test_bad_input(make_files, fail_tool, tmp_path, name, change, config,
                   words):
    path = tmp_path / 'in.pth'
    path.write_bytes(make_files(name)[1].read_bytes())
    change(path)
    out = tmp_path / 'out.pth'
    out.write_bytes(b'what was there before')
    args = [] if config is None else ['--config', make_files(config)[2]]
    message = fail_tool(TOOL, '--overwrite', '--from', 'hoiclip', path, out,
                        *args)
    assert words in message
    assert str(path) in message
    assert out.read_bytes() == b'what was there before'


@pytest.mark.parametrize('args, words', [
    (['--from', 'hoiclip', 'none.pth', 'out.pth'], 'does not exist'),
    (['--from', 'hoiclip', 'a.pth', 'a.pth'], 'would be lost'),
    (['--from', 'hoiclip', 'a.pth', 'b.bin', '--config', 'c.py'
      ], 'no such config: c.py'),
    (['--to', 'hoiclip', 'a.pth', 'out.pth'], 'it is official already'),
])
def test_bad_arguments(make_files, fail_tool, tmp_path, monkeypatch, args,
                       words):
    monkeypatch.chdir(tmp_path)
    Path('a.pth').write_bytes(make_files('hico')[1].read_bytes())
    assert words in fail_tool(TOOL, *args)


def test_out_cannot_be_written(make_files, fail_tool, tmp_path):
    family, path, config = make_files('hico')
    (tmp_path / 'file').write_text('no folder')
    message = fail_tool(TOOL, '--from', family, path,
                        tmp_path / 'file' / 'out.pth', '--config', config)
    assert str(tmp_path / 'file') in message


def test_detr_needs_a_config(fail_tool, tmp_path):
    state = {'transformer.decoder.layers.0.norm1.bias': torch.zeros(1)}
    torch.save(dict(model=state), tmp_path / 'detr.pth')
    assert '--config' in fail_tool(TOOL, '--from', 'detr',
                                   tmp_path / 'detr.pth', tmp_path / 'o.pth')


def test_mini_detector(run_tool, tmp_path):
    """The file of the package is a DETR as its config builds it."""
    configs = ROOT / 'configs'
    detr = MODELS.build(
        Config.fromfile(configs / 'detr/detr_mini_synhico.py').model)
    shipped = ROOT / 'mmhoi/assets/mini/mini_detector.safetensors'
    state = read_checkpoint(shipped)['state_dict']
    assert {
        name: value.shape
        for name, value in state.items()
    } == {
        name: value.shape
        for name, value in detr.state_dict().items()
        if not name.endswith('num_batches_tracked')
    }
    run_tool(TOOL, '--from', 'mmdet_detr', shipped,
             tmp_path / 'init.safetensors', '--config',
             configs / 'hoiclip/hoiclip_mini_synhico.py', '--keep-queries',
             '--half')
    initial = read_checkpoint(tmp_path / 'init.safetensors')['state_dict']
    assert initial['queries.sub.weight'].dtype == torch.float16
    for name in 'queries.sub.weight', 'queries.obj.weight':
        assert initial[name].equal(state['query_embedding.weight'])


@pytest.mark.skipif(not GOLDEN.is_dir(), reason='golden files are not here')
@pytest.mark.parametrize('family, file, base', [
    ('hoiclip', 'hoiclip_tiny_hico', 'hoiclip_r50'),
    ('gen_vlkt', 'genvlkt_tiny_hico', 'gen_vlkt_r50'),
])
def test_golden_round_trip(run_tool, tmp_path, family, file, base):
    spec = importlib.util.spec_from_file_location('load_golden',
                                                  GOLDEN / 'load_golden.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    state = module.load(str(GOLDEN / f'{file}.pt'))['state_dict']
    torch.save(dict(model=state), tmp_path / 'official.pth')
    write_golden_config(base, tmp_path)
    run_tool(TOOL, '--from', family, tmp_path / 'official.pth',
             tmp_path / 'ours.pth', '--config', tmp_path / 'golden.py')
    run_tool(TOOL, '--to', family, tmp_path / 'ours.pth',
             tmp_path / 'back.pth')
    assert_bit_equal(tmp_path / 'official.pth', tmp_path / 'back.pth')


def write_golden_config(base, folder):
    (folder / 'clip.json').write_text(json.dumps(CLIP_CONFIG))
    model = Config.fromfile(ROOT / f'configs/_base_/models/{base}.py').model
    model.num_queries = 8
    model.clip = dict(
        model_name=str(folder / 'clip.json'), pretrained='random')
    model.neck.out_channels = 64
    model.positional_encoding.num_feats = 32
    model.bbox_head.update(embed_dims=64)
    if 'memory_dims' in model.interaction_decoder:
        model.interaction_decoder.memory_dims = 64
        model.bbox_head.interaction_classifier.verbs.hidden_dims = 32
    for part, num_layers in (('encoder', 1), ('decoder', 2),
                             ('interaction_decoder', 2)):
        model[part].num_layers = num_layers
        for layer in model[part].layer_cfg.values():
            layer.embed_dims = 64
            if 'feedforward_channels' in layer:
                layer.feedforward_channels = 128
    Config(dict(model=model)).dump(folder / 'golden.py')
