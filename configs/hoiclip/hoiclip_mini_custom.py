# Own data: docs/en/user_guides/custom_dataset.md shows how it is made.
_base_ = './hoiclip_mini_synhico.py'
label_space = '{{ fileDirname }}/hoiclip_mini_custom_classes.json'
dataset = dict(
    type='CustomHOIDataset', data_root='data/custom/', label_space=label_space)
model = dict(bbox_head=dict(label_space=label_space))
train_cfg = dict(max_epochs=4, val_interval=2)
train_dataloader = dict(
    batch_size=8,
    dataset=dict(
        ann_file='train.json',
        data_prefix=dict(img_path='images/train/'),
        **dataset))
val_dataloader = dict(
    dataset=dict(
        ann_file='test.json',
        data_prefix=dict(img_path='images/test/'),
        bbox_origin=0,
        train_ann_file='train.json',
        **dataset))
test_dataloader = val_dataloader
