# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData

from mmhoi.models.heads import PViCHead
from mmhoi.models.heads.pvic import KeyEncoder, box_positions
from mmhoi.models.proposals import pair_indices
from mmhoi.structures import HOIDataSample, PairProposals

#: Humans and boxes of the images: many, no human, humans only, one alone.
IMAGES = ((2, 5), (0, 3), (3, 3), (1, 1))


def make_head(**options):
    torch.manual_seed(0)
    return PViCHead(
        **{
            'embed_dims': 32,
            'in_channels': [6],
            'label_space': 'hico_det',
            'pair_dims': 16,
            'num_heads': 4,
            'dropout': 0.0,
            **options
        })


def make_proposals(num_humans, num_boxes):
    corners = torch.rand(num_boxes, 2) * 40
    labels = torch.randint(1, 80, (num_boxes, ))
    labels[:num_humans] = 0
    return PairProposals(
        torch.cat([corners, corners + 1 + torch.rand(num_boxes, 2) * 20], 1),
        labels, torch.rand(num_boxes), *pair_indices(labels == 0))


def make_batch(images=IMAGES, levels=1):
    torch.manual_seed(0)
    sizes = ((12, 18), (6, 9), (3, 5))[-levels:]
    return dict(
        tokens=[torch.randn(boxes, 32) for _, boxes in images],
        proposals=[make_proposals(*image) for image in images],
        feature_maps=tuple(
            torch.randn(len(images), 6, *size) for size in sizes),
        img_sizes=torch.randint(60, 90, (len(images), 2)))


def make_samples(proposals, num_verbs=117):
    samples = []
    for image in proposals:
        sample = HOIDataSample(
            metainfo=dict(img_shape=(64, 64), ori_shape=(128, 64)))
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=image.boxes[:1],
            obj_bboxes=image.boxes[-1:],
            verb_labels=torch.ones(len(image.boxes[:1]), num_verbs))
        samples.append(sample)
    return samples


@torch.no_grad()
def test_images_do_not_depend_on_the_rows_of_others():
    """Padded boxes and pairs change nothing."""
    head, batch = make_head().eval(), make_batch()
    logits = head(**batch)['layer_logits'].split(
        [image.num_pairs for image in batch['proposals']], 1)
    for i in (0, 2):
        alone = head(
            tokens=batch['tokens'][i:i + 1],
            proposals=batch['proposals'][i:i + 1],
            feature_maps=(batch['feature_maps'][0][i:i + 1], ),
            img_sizes=batch['img_sizes'][i:i + 1])['layer_logits']
        torch.testing.assert_close(alone, logits[i], atol=1e-5, rtol=0)
    assert not logits[1].numel() and not logits[3].numel()


def test_loss_is_the_mean_over_layers():
    head, batch = make_head().eval(), make_batch()
    outputs = head(**batch)
    samples = make_samples(batch['proposals'])
    proposals = batch['proposals']
    losses = [
        head.loss_by_feat(dict(logits=logits), proposals, samples)['loss_hoi']
        for logits in outputs['layer_logits']
    ]
    loss = head.loss_by_feat(outputs, proposals, samples)['loss_hoi']
    torch.testing.assert_close(loss, torch.stack(losses).mean())
    head.loss(samples, **batch)['loss_hoi'].backward()
    assert all(p.grad is not None for p in head.parameters())


@pytest.mark.parametrize('images', [((0, 3), ), ((1, 1), ), ((0, 0), (0, 2))])
def test_no_pairs(images):
    """Finite loss, a gradient for every parameter, no predictions."""
    head, batch = make_head(), make_batch(images)
    samples = make_samples(batch['proposals'])
    loss = head.loss(samples, **batch)['loss_hoi']
    loss.backward()
    assert loss.item() == 0
    assert all(p.grad is not None for p in head.parameters())
    assert [len(pred)
            for pred in head.predict(samples, **batch)] == [0] * len(images)


@pytest.mark.parametrize('levels', [1, 2, 3])
def test_levels(levels):
    """The finest level gives the keys; a lack of levels is told."""
    head = make_head(in_channels=[6] * levels).eval()
    batch = make_batch(levels=levels)
    maps = batch['feature_maps']
    assert head.keys(maps).shape[1:3] == maps[0].shape[-2:]
    assert head(**batch)['logits'].isfinite().all()
    head.loss(make_samples(batch['proposals']), **batch)['loss_hoi'].backward()
    assert all(p.grad is not None for p in head.parameters()
               if p.requires_grad)
    assert head.choose_maps((None, *maps)) == maps
    with pytest.raises(ValueError, match='out_indices'):
        head.choose_maps(maps[1:])


def test_boxes_without_extent():
    """Officially infinite."""
    boxes = torch.tensor([[3., 3, 3, 3], [0, 0, 64, 64]])
    codes = box_positions(boxes, torch.tensor([64, 64]), torch.full((2, 2),
                                                                    0.5), 32)
    assert codes.boxes.isfinite().all() and codes.centres.isfinite().all()


@pytest.mark.parametrize('options, words', [
    (dict(embed_dims=40), 'embed_dims=40 is no multiple of 32'),
    (dict(num_key_layers=11), 'num_key_layers=11; allowed: 0 to 10'),
    (dict(num_unary_heads=5), 'width 32 .* no multiple of num_heads=5'),
    (dict(pair_dims=18), 'width 18 .* no multiple of num_heads=4'),
])
def test_sizes_of_no_use(options, words):
    with pytest.raises(ValueError, match=words):
        make_head(**options)


def test_stochastic_depth():
    """As of the last layers of a network of twelve."""
    rates = [b.stochastic_depth.p for b in KeyEncoder([6], 32, 2).blocks]
    assert rates == pytest.approx([0.2 * 8 / 11, 0.2 * 9 / 11])
    assert make_head(num_key_layers=0).keys.blocks is not None
