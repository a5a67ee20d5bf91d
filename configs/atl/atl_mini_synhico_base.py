# Without images of objects, what ATL is compared with: compositions take the
# objects of other scenes.
_base_ = './atl_mini_synhico.py'
model = dict(interaction_head=dict(composer=dict(source='images')))
train_dataloader = dict(
    batch_size=32,
    sampler=dict(_delete_=True, type='DefaultSampler', shuffle=True),
    dataset=dict(_delete_=True, **_base_.train_dataloader.dataset.datasets[0]))
