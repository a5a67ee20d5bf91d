# Functional generalisation on HICO-DET (https://arxiv.org/abs/1904.03181),
# re-implemented from the paper's description: no code was published. "Sources"
# in the README of this folder tells for each constant whether it is the
# paper's, remembered or ours.
_base_ = [
    '../_base_/models/pair_streams_r50.py',
    '../_base_/datasets/hico_det_whole.py',
    '../_base_/schedules/schedule_pair_streams.py',
    '../_base_/default_runtime.py'
]
# Ours; `words=dict(file='vectors.npz')` takes any vectors.
words = dict(clip=dict(model_name='ViT-B-32-quickgelu', pretrained='openai'))
model = dict(
    # DETR, fine-tuned on the boxes of HICO-DET; the README of this folder says
    # where it comes from, and how other boxes are used.
    detector=dict(
        init_cfg=dict(
            type='Pretrained', checkpoint='checkpoints/detr-r50-hicodet.pth')),
    instance_features=dict(
        _delete_=True,
        type='RoIInstanceFeatures',
        embed_dims=2048,
        in_channels=2048,
        stride=32,
        source='backbone'),
    interaction_head=dict(
        class_weights=None,
        streams=dict(
            _delete_=True,
            functional=dict(
                inputs=[
                    'sub',
                    dict(type='ClassWords', label_space='hico_det', **words),
                    dict(type='BoxPairOffsets')
                ],
                classes='verb',
                # Remembered.
                hidden_dims=(1024, 512),
                dropout=0.5)),
        composed_stream='functional',
        # Ten and five: remembered.
        composer=dict(
            type='SimilarObjects', words=words, num_clusters=10, num_swaps=5)))
# Remembered.
train_dataloader = dict(batch_size=5)
auto_scale_lr = dict(base_batch_size=5)
