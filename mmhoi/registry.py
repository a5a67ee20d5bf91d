# Copyright (c) mmhoi contributors.
"""Registry nodes of mmhoi, children of mmengine's root registries.

Inside the scope `mmhoi` a config names our classes plainly; everything
reused from another package is written with its scope, as in `mmdet.DETR`.
"""
from mmengine.registry import DATASETS as MMENGINE_DATASETS
from mmengine.registry import HOOKS as MMENGINE_HOOKS
from mmengine.registry import METRICS as MMENGINE_METRICS
from mmengine.registry import MODELS as MMENGINE_MODELS
from mmengine.registry import TASK_UTILS as MMENGINE_TASK_UTILS
from mmengine.registry import TRANSFORMS as MMENGINE_TRANSFORMS
from mmengine.registry import VISUALIZERS as MMENGINE_VISUALIZERS
from mmengine.registry import Registry

DATASETS = Registry(
    'dataset',
    parent=MMENGINE_DATASETS,
    scope='mmhoi',
    locations=['mmhoi.datasets'])
TRANSFORMS = Registry(
    'transform',
    parent=MMENGINE_TRANSFORMS,
    scope='mmhoi',
    locations=['mmhoi.datasets.transforms'])
MODELS = Registry(
    'model', parent=MMENGINE_MODELS, scope='mmhoi', locations=['mmhoi.models'])
TASK_UTILS = Registry(
    'task util',
    parent=MMENGINE_TASK_UTILS,
    scope='mmhoi',
    locations=['mmhoi.models'])
METRICS = Registry(
    'metric',
    parent=MMENGINE_METRICS,
    scope='mmhoi',
    locations=['mmhoi.evaluation.metrics'])
HOOKS = Registry(
    'hook',
    parent=MMENGINE_HOOKS,
    scope='mmhoi',
    locations=['mmhoi.engine.hooks'])
VISUALIZERS = Registry(
    'visualizer',
    parent=MMENGINE_VISUALIZERS,
    scope='mmhoi',
    locations=['mmhoi.visualization'])
