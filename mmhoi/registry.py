# Copyright (c) mmhoi contributors.
"""Registry nodes of mmhoi, children of mmengine's root registries.

Inside the scope `mmhoi` a config names our classes plainly; everything
reused from another package is written with its scope, as in `mmdet.DETR`.
"""
from mmengine import registry as root
from mmengine.registry import Registry

DATASETS = Registry(
    'dataset',
    parent=root.DATASETS,
    scope='mmhoi',
    locations=['mmhoi.datasets'])
DATA_SAMPLERS = Registry(
    root.DATA_SAMPLERS.name,
    parent=root.DATA_SAMPLERS,
    scope='mmhoi',
    locations=['mmhoi.datasets'])
TRANSFORMS = Registry(
    'transform',
    parent=root.TRANSFORMS,
    scope='mmhoi',
    locations=['mmhoi.datasets.transforms'])
MODELS = Registry(
    'model', parent=root.MODELS, scope='mmhoi', locations=['mmhoi.models'])
TASK_UTILS = Registry(
    'task util',
    parent=root.TASK_UTILS,
    scope='mmhoi',
    locations=['mmhoi.models'])
METRICS = Registry(
    'metric',
    parent=root.METRICS,
    scope='mmhoi',
    locations=['mmhoi.evaluation.metrics'])
HOOKS = Registry(
    'hook', parent=root.HOOKS, scope='mmhoi', locations=['mmhoi.engine.hooks'])
OPTIM_WRAPPERS = Registry(
    'optimizer wrapper',
    parent=root.OPTIM_WRAPPERS,
    scope='mmhoi',
    locations=['mmhoi.engine.optimizers'])
STRATEGIES = Registry(
    'strategy',
    parent=root.STRATEGIES,
    scope='mmhoi',
    locations=['mmhoi.engine.strategies'])
LOOPS = Registry(
    'loop', parent=root.LOOPS, scope='mmhoi', locations=['mmhoi.engine.loops'])
VISUALIZERS = Registry(
    'visualizer',
    parent=root.VISUALIZERS,
    scope='mmhoi',
    locations=['mmhoi.visualization'])

# mmhoi adds nothing to these; with a node of its scope mmengine finds its own
# classes there without a warning.
for _parent in (root.LOG_PROCESSORS, root.MODEL_WRAPPERS,
                root.OPTIM_WRAPPER_CONSTRUCTORS, root.OPTIMIZERS,
                root.PARAM_SCHEDULERS, root.VISBACKENDS,
                root.WEIGHT_INITIALIZERS):
    Registry(_parent.name, parent=_parent, scope='mmhoi')
