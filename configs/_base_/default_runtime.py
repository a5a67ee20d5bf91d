default_scope = 'mmhoi'

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(
        type='CheckpointHook',
        interval=1,
        max_keep_ckpts=3,
        save_best='hico/full',
        rule='greater'),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    visualization=dict(type='HOIVisualizationHook'),
    detr_init=dict(type='InitFromDETRHook'),
    init_report=dict(type='InitReportHook'),
    finite_check=dict(type='NonFiniteCheckHook'),
    idle_check=dict(type='IdleCheckHook'),
    class_guard=dict(type='ClassGuardHook'),
    evaluation_guard=dict(type='EvaluationGuardHook'),
    batch_check=dict(type='BatchCheckHook'))

# Makes training faster and leaves its results as they are.
custom_hooks = [dict(type='FoldNormsHook'), dict(type='LeanLayersHook')]

env_cfg = dict(
    cudnn_benchmark=False,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    # Without a GPU, tools/train.py and tools/test.py use gloo instead.
    dist_cfg=dict(backend='nccl'))

vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(
    type='HOILocalVisualizer', vis_backends=vis_backends, name='visualizer')
log_processor = dict(type='LogProcessor', window_size=50, by_epoch=True)

log_level = 'INFO'
load_from = None
resume = False
