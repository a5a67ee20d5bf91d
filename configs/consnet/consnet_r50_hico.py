# ConsNet on HICO-DET (https://arxiv.org/abs/2008.06254).
_base_ = [
    '../_base_/models/two_stage_detr_r50.py',
    '../_base_/datasets/hico_det_whole.py',
    '../_base_/schedules/schedule_consnet.py', '../_base_/default_runtime.py'
]
pairs = dict(type='DetectionPairs', nms_iou_thr=0.6, with_itself=True)
model = dict(
    # DETR, fine-tuned on the boxes of HICO-DET; the README of this folder says
    # where it comes from, and how other boxes are used.
    detector=dict(
        init_cfg=dict(
            type='Pretrained', checkpoint='checkpoints/detr-r50-hicodet.pth')),
    pair_proposer=dict(_delete_=True, **pairs),
    train_pair_sampler=dict(
        type='IoUPairSampler',
        pairs=dict(
            sub_score_thr=0.1,
            max_subs=None,
            max_objs=None,
            max_humans_as_objs=None,
            **pairs)),
    instance_features=dict(
        type='RoIInstanceFeatures',
        embed_dims=1024,
        in_channels=2048,
        stride=32,
        source='backbone'),
    interaction_head=dict(
        type='ConsNetHead',
        embed_dims=1024,
        label_space='hico_det',
        # Word vectors: ELMo's in the paper; `word_file` instead of `clip`
        # takes them.
        graph=dict(
            clip=dict(model_name='ViT-B-32-quickgelu', pretrained='openai'))))
train_dataloader = dict(batch_size=8)
