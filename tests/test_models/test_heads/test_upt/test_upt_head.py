# Copyright (c) mmhoi contributors.
import pytest
import torch
from mmengine.structures import InstanceData
from upt_reference import NUM_BRANCHES, NUM_HEADS, Reference, official_weights

from mmhoi.checkpoints.official.upt import head_from_official
from mmhoi.models.heads.pair36 import pair36
from mmhoi.models.heads.upt import UPTHead
from mmhoi.models.heads.verb_classes import load_verb_classes
from mmhoi.models.proposals import pair_indices
from mmhoi.structures import HOIDataSample, PairProposals

WIDTHS = dict(embed_dims=8, pair_dims=16, global_dims=6)
#: Boxes of each image, the number of humans first.
IMAGES = ((1, 5), (0, 3), (2, 2), (1, 1), (3, 4), (0, 0))


def make_head(**options):
    return UPTHead(
        **{
            **WIDTHS, 'label_space': 'hico_det',
            'num_heads': NUM_HEADS,
            'num_branches': NUM_BRANCHES,
            'feedforward_dims': 64,
            **options
        })


def make_proposals(num_humans, num_boxes):
    corners = torch.rand(num_boxes, 2) * 40
    labels = torch.randint(1, 80, (num_boxes, ))
    labels[:num_humans] = 0
    return PairProposals(
        torch.cat([corners, corners + 1 + torch.rand(num_boxes, 2) * 40], 1),
        labels, torch.rand(num_boxes), *pair_indices(labels == 0))


def make_batch():
    torch.manual_seed(0)
    count = len(IMAGES)
    return dict(
        tokens=[torch.randn(boxes, 8) for _, boxes in IMAGES],
        proposals=[make_proposals(*image) for image in IMAGES],
        feature_maps=(torch.randn(count, 6, 3, 4), ),
        img_sizes=torch.randint(60, 90, (count, 2)))


def make_samples(num_pairs=2, num_verbs=117):
    """Annotations that are the first and the last box of each image."""
    samples = []
    for image in make_batch()['proposals']:
        count = min(num_pairs, len(image.boxes))
        sample = HOIDataSample(
            metainfo=dict(img_shape=(64, 64), ori_shape=(128, 64)))
        sample.gt_hoi_instances = InstanceData(
            sub_bboxes=image.boxes[:count],
            obj_bboxes=image.boxes.flip(0)[:count],
            verb_labels=torch.ones(count, num_verbs))
        samples.append(sample)
    return samples


@torch.no_grad()
def test_against_reference():
    batch = make_batch()
    weights = official_weights(8, 16, 6, 117)
    head = make_head().eval()
    head.load_state_dict(head_from_official(weights))
    logits = head(**batch)['logits'].split(
        [image.num_pairs for image in batch['proposals']])
    for i, image in enumerate(batch['proposals']):
        if image.num_pairs:
            theirs = Reference(weights)(batch['tokens'][i],
                                        pair36(image.boxes,
                                               batch['img_sizes'][i]),
                                        image.sub_inds, image.obj_inds,
                                        batch['feature_maps'][0][i].mean(
                                            (1, 2)))
            assert (logits[i] - theirs).abs().max() < 1e-4
        else:
            assert logits[i].shape == (0, 117)


def test_unknown_parameter():
    weights = official_weights(8, 16, 6, 117)
    weights['what.weight'] = torch.zeros(1)
    with pytest.raises(KeyError, match='what.weight'):
        head_from_official(weights)


def test_loss_reaches_all_parameters():
    head = make_head()
    head.loss(make_samples(), **make_batch())['loss_hoi'].backward()
    assert not [
        name for name, parameter in head.named_parameters()
        if not parameter.grad.abs().sum() > 0
    ]


@pytest.mark.parametrize('images', [(1, ), (3, ), (5, ), (1, 3, 5)])
def test_no_pairs(images):
    """Finite loss, a gradient for every parameter, no predictions."""
    head, batch = make_head(), make_batch()
    batch = dict(
        tokens=[batch['tokens'][i] for i in images],
        proposals=[batch['proposals'][i] for i in images],
        feature_maps=(batch['feature_maps'][0][list(images)], ),
        img_sizes=batch['img_sizes'][list(images)])
    samples = [make_samples()[i] for i in images]
    loss = head.loss(samples, **batch)['loss_hoi']
    loss.backward()
    assert loss.item() == 0
    assert all(p.grad is not None for p in head.parameters())
    assert [len(pred)
            for pred in head.predict(samples, **batch)] == [0] * len(images)


def test_no_positive_label():
    losses = [
        make_head(
            loss_hoi=dict(type='PriorFocalLoss', clamp_num_pos=clamp)).loss(
                make_samples(0), **make_batch())['loss_hoi']
        for clamp in (True, False)
    ]
    assert losses[0].isfinite() and losses[1].isinf()


@torch.no_grad()
def test_predictions():
    head, batch, samples = make_head().eval(), make_batch(), make_samples()
    logits = head(**batch)['logits'].split(
        [image.num_pairs for image in batch['proposals']])
    classes = head.classes
    for i, pred in enumerate(head.predict(samples, **batch)):
        image = batch['proposals'][i]
        objects = image.labels[image.obj_inds]
        # Every verb that some HOI of the object has, once.
        assert len(pred) == sum(
            int(classes.exists[label].sum()) for label in objects)
        assert (pred.scores.diff() <= 0).all()
        pairs = pred.query_inds
        assert (pred.obj_labels == objects[pairs]).all()
        assert (pred.top_obj_labels == objects[pairs]).all()
        assert (classes.hoi_objects[pred.labels] == pred.obj_labels).all()
        assert (classes.hoi_verbs[pred.labels] == pred.verb_labels).all()
        sub_scores = image.scores[image.sub_inds][pairs]
        obj_scores = image.scores[image.obj_inds][pairs]
        probs = logits[i].sigmoid()[pairs, pred.verb_labels]
        assert pred.obj_scores.equal(obj_scores)
        torch.testing.assert_close(pred.confidences,
                                   probs * sub_scores * obj_scores)
        torch.testing.assert_close(pred.scores,
                                   probs * sub_scores**2.8 * obj_scores**2.8)
        # Twice as high, as wide as the input.
        scale = torch.tensor([1., 2, 1, 2])
        assert pred.sub_bboxes.equal(image.boxes[image.sub_inds][pairs] *
                                     scale)
    unscaled = head.predict(samples, rescale=False, **batch)[0]
    image = batch['proposals'][0]
    assert unscaled.obj_bboxes.equal(
        image.boxes[image.obj_inds][unscaled.query_inds])


def test_max_per_img():
    head = make_head(test_cfg=dict(max_per_img=3))
    assert max(
        len(pred)
        for pred in head.predict(make_samples(), **make_batch())) == 3


@torch.no_grad()
def test_evaluated_verbs_of_vcoco():
    head = make_head(label_space='vcoco', verbs='evaluated')
    batch = make_batch()
    assert head.classifier.out_features == 24
    loss = head.loss(make_samples(num_verbs=29), **batch)['loss_hoi']
    assert loss.isfinite()
    others = {1, 4, 18, 23, 26}
    for pred in head.predict(make_samples(num_verbs=29), **batch):
        assert not others & set(pred.verb_labels.tolist())


@torch.no_grad()
def test_masked_pooling():
    """Without it the padding of the batch changes the result."""
    batch = make_batch()
    mask = torch.zeros(len(IMAGES), 3, 4, dtype=torch.bool)
    mask[:, :, 3] = True
    cut = dict(batch, feature_maps=(batch['feature_maps'][0][..., :3], ))
    for masked in (True, False):
        head = make_head(masked_pooling=masked).eval()
        whole = head(**batch, map_mask=mask)['logits']
        near = torch.allclose(whole, head(**cut)['logits'], atol=1e-5)
        assert near == masked


@pytest.mark.parametrize('verbs, message', [
    ('some', 'allowed: all, evaluated'),
    ([0, 0], 'unique'),
    ([117], '0 to 116'),
    ([], 'unique'),
])
def test_wrong_verbs(verbs, message):
    with pytest.raises(ValueError, match=message):
        load_verb_classes('hico_det', verbs)


def test_wrong_widths():
    with pytest.raises(ValueError, match='num_heads=3'):
        make_head(num_heads=3)
    with pytest.raises(ValueError, match='num_branches=5'):
        make_head(num_branches=5)
