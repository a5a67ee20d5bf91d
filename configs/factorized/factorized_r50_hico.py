# The factorised model on HICO-DET (Shen et al., WACV 2018), re-implemented
# from the paper's abstract: no code was published. All sizes are ours; see
# "Sources" in the README of this folder.
_base_ = [
    '../_base_/models/pair_streams_r50.py',
    '../_base_/datasets/hico_det_whole.py',
    '../_base_/schedules/schedule_pair_streams.py',
    '../_base_/default_runtime.py'
]
model = dict(
    # DETR, fine-tuned on the boxes of HICO-DET; the README of this folder says
    # where it comes from, and how other boxes are used.
    detector=dict(
        init_cfg=dict(
            type='Pretrained', checkpoint='checkpoints/detr-r50-hicodet.pth')),
    interaction_head=dict(
        class_weights=None,
        streams=dict(
            _delete_=True,
            verb=dict(
                inputs=['sub', 'union',
                        dict(type='BoxPairOffsets')],
                classes='verb'),
            object=dict(inputs=['obj'], classes='object'))))
