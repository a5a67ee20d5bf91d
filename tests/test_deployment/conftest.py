# Copyright (c) mmhoi contributors.
import pytest
from mmengine.runner import save_checkpoint
from tiny_configs import tiny_config

CONFIGS = dict(
    hoiclip='hoiclip/hoiclip_mini_synhico.py',
    gen_vlkt='gen_vlkt/gen_vlkt_mini_synhico.py')


@pytest.fixture(scope='session', params=CONFIGS)
def tiny(request, tmp_path_factory):
    """Config and checkpoint of a tiny model with random weights."""
    import torch

    from mmhoi.registry import MODELS
    folder = tmp_path_factory.mktemp(request.param)
    cfg = tiny_config(CONFIGS[request.param], folder)
    if request.param == 'hoiclip':
        cfg.model.test_cfg.update(
            obj_score='sigmoid', training_free_enhancement=dict(topk=5))
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    model.init_weights()
    # Equal queries would leave the order of pairs to rounding.
    for embedding in model.queries.children():
        embedding.weight.data *= 20
    paths = str(folder / 'config.py'), str(folder / 'epoch_1.pth')
    cfg.dump(paths[0])
    save_checkpoint(dict(state_dict=model.state_dict(), meta={}), paths[1])
    return paths


@pytest.fixture(scope='session')
def inferencer(tiny):
    from mmhoi.apis import HOIInferencer
    return HOIInferencer(*tiny, device='cpu', show_progress=False)


@pytest.fixture(scope='session')
def export():
    """A function that writes a model and reads it again; the ending of the
    path says how."""

    def run(inferencer, path):
        if path.suffix == '.pt2':
            from mmhoi.deployment.torch_export import export_torch
            from mmhoi.deployment.torch_inferencer import TorchHOIInferencer
            raw = export_torch(inferencer, path)
            return TorchHOIInferencer(path, show_progress=False), raw
        pytest.importorskip('onnxscript')
        pytest.importorskip('onnxruntime')
        from mmhoi.deployment import ONNXHOIInferencer
        from mmhoi.deployment.onnx_export import export_onnx

        # The other exporter takes minutes.
        raw = export_onnx(inferencer, path, exporter='legacy')
        return ONNXHOIInferencer(path, show_progress=False), raw

    return run


@pytest.fixture(scope='session', params=['model.onnx', 'model.pt2'])
def path(request, tmp_path_factory):
    """Where the model of `exported` lies."""
    return tmp_path_factory.mktemp('exported') / request.param


@pytest.fixture(scope='session')
def exported(inferencer, path, export):
    """Inferencer of a file, and the function that was exported."""
    return export(inferencer, path)
