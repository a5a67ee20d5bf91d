# Copyright (c) mmhoi contributors.
"""Training of a mini model whose losses do not depend on processes."""
import json
from pathlib import Path
from typing import Dict, List

from mmengine.dist import all_reduce_dict, is_main_process
from mmengine.hooks import Hook
from mmengine.registry import HOOKS

ROOT = Path(__file__).resolve().parents[1]
LOG_NAME = 'mean_losses.json'
# Nothing random, each image once in the order of the data set, and an
# optimizer whose steps are as large as the gradient.
CONFIG = """
_base_ = '{base}'
custom_imports = dict(imports=['even_run'])
model = dict(bbox_head=dict(sync_avg_factor=True))
train_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    sampler=dict(shuffle=False),
    dataset=dict(
        data_root='{data_root}',
        pipeline=[
            dict(type='LoadHOIImage'),
            dict(type='LoadHOIAnnotations'),
            dict(type='CLIPView', size=96),
            dict(type='PackHOIInputs')
        ]))
train_cfg = dict(max_epochs=1, val_interval=2)
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='SGD', lr=0.1),
    clip_grad=dict(max_norm=1.0))
param_scheduler = []
val_dataloader = None
val_evaluator = None
val_cfg = None
default_hooks = dict(checkpoint=dict(_delete_=True, type='CheckpointHook'))
custom_hooks = [
    dict(type='FoldNormsHook'),
    dict(type='mmengine.MeanLossesHook')
]
randomness = dict(seed=0)
"""


def config_text(data_root: Path, method: str = 'hoiclip') -> str:
    """A config for SynHICO in a folder."""
    base = ROOT / f'configs/{method}/{method}_mini_synhico.py'
    return CONFIG.format(base=base, data_root=data_root)


def read_log(work_dir: str) -> List[Dict[str, float]]:
    """What the hook wrote, for each iteration."""
    lines = (Path(work_dir) / LOG_NAME).read_text().splitlines()
    return [json.loads(line) for line in lines]


@HOOKS.register_module(force=True)
class MeanLossesHook(Hook):
    """Writes losses, averaged over processes, and the norm of gradients."""

    def after_train_iter(self,
                         runner,
                         batch_idx,
                         data_batch=None,
                         outputs=None):
        losses = {name: loss.detach() for name, loss in outputs.items()}
        all_reduce_dict(losses, op='mean')
        if not is_main_process():
            return
        values = {name: float(loss) for name, loss in losses.items()}
        norm = runner.message_hub.get_scalar('train/grad_norm').current()
        with open(Path(runner.work_dir) / LOG_NAME, 'a') as file:
            print(json.dumps(dict(values, grad_norm=float(norm))), file=file)
