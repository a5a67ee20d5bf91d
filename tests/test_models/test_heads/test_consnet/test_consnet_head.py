# Copyright (c) mmhoi contributors.
"""Batches of little use, scores, and what is kept between batches."""
import pytest
import torch
from mmengine.structures import InstanceData

from mmhoi.label_spaces import ClassNames
from mmhoi.models.heads import ConsNetHead
from mmhoi.structures import HOIDataSample, PairProposals
from mmhoi.utils.setup_error import SetupError


def build(**options):
    torch.manual_seed(0)
    return ConsNetHead(
        embed_dims=16,
        label_space='synhico',
        graph=dict(clip=dict(model_name='mmhoi-mini'), hidden_dims=(16, 16)),
        **options)


@pytest.fixture(scope='module')
def head():
    return build().eval()


def image(*pairs, gt_inds=None, all_scores=None):
    """An image with a human and three other boxes."""
    corners = torch.arange(4)[:, None] * 20.
    return PairProposals(
        torch.cat([corners, corners, corners + 10, corners + 10], 1),
        torch.tensor([0, 1, 2, 3]), torch.tensor([.9, .8, .7, .6]),
        torch.tensor([sub for sub, _ in pairs], dtype=torch.long),
        torch.tensor([obj for _, obj in pairs], dtype=torch.long),
        gt_inds if gt_inds is None else torch.tensor(
            gt_inds, dtype=torch.long), all_scores)


def inputs(*images):
    return dict(
        tokens=[torch.rand(4, 16) for _ in images],
        proposals=list(images),
        img_sizes=torch.full((len(images), 2), 80))


def sample(num_pairs, num_hois):
    data = HOIDataSample(
        metainfo=dict(img_shape=(80, 80), ori_shape=(160, 160)))
    first = torch.tensor([[0., 0, 10, 10]]).repeat(num_pairs, 1)
    data.gt_hoi_instances = InstanceData(
        sub_bboxes=first,
        obj_bboxes=first + 20,
        hoi_labels=torch.eye(num_hois)[[0] * num_pairs])
    return data


@pytest.mark.parametrize('images', [
    [image(gt_inds=[]), image(gt_inds=[])],
    [image((0, 2), (0, 3), gt_inds=[-1, -1])],
    [image((0, 1), gt_inds=[0])],
])
def test_a_batch_that_teaches_nothing(images):
    model = build().train()
    samples = [sample(1, model.num_hois) for _ in images]
    losses = model.loss(samples, **inputs(*images))
    assert set(losses) == {'loss_hoi', 'loss_indicator'}
    sum(losses.values()).backward()
    assert not any(losses.values())
    # Other processes may have pairs.
    assert all(p.grad is not None for p in model.parameters())


def test_loss():
    model = build(negatives=1).train()
    images = (image((0, 1), (0, 2), (0, 3), gt_inds=[0, -1,
                                                     -1]), image(gt_inds=[]))
    samples = [sample(1, model.num_hois) for _ in images]
    losses = model.loss(samples, **inputs(*images))
    assert all(loss > 0 for loss in losses.values())
    is_positive = torch.tensor([False, True, False, False, False])
    drawn = model.draw(is_positive).tolist()
    assert drawn[0] == 1 and len(drawn) == 2


def test_labels_tell_where_nothing_is_sampled():
    model = build().train()
    batch = inputs(image((0, 1), (0, 2)))
    assert model.loss([sample(1, model.num_hois)], **batch)['loss_hoi'] > 0


def test_predictions(head):
    batch = inputs(image(), image((0, 1), (0, 2)))
    samples = [sample(0, head.num_hois)] * 2
    with torch.no_grad():
        none, some = head.predict(samples, **batch)
    assert len(none) == 0 and len(some)
    # Only of the objects' classes: nothing else is known.
    assert set(some.obj_labels.tolist()) <= {1, 2}
    assert some.sub_bboxes[0].tolist() == [0, 0, 20, 20]
    assert (some.scores[:-1] >= some.scores[1:]).all()


def test_scores_of_all_classes(head):
    objects = len(head.label_space.objects)
    scores = torch.rand(4, objects)
    pairs = image((0, 1), all_scores=scores)
    hois = torch.from_numpy(head.label_space.hoi_objects)
    assert head.score.confidences(pairs)[0].tolist() == pytest.approx(
        (scores[0, 0] * scores[1, hois]).tolist())
    # Of the first classes only.
    pairs = pairs._replace(all_scores=scores[:, :1])
    known = hois == 0
    confidences = head.score.confidences(pairs)[0]
    assert not confidences[~known].any()


def test_thresholds(head):
    probs = head.probabilities(
        dict(hoi=torch.zeros(2, 3), indicator=torch.tensor([[-9.], [9.]])))
    assert probs.sum(1).tolist() == pytest.approx([0, 1.5], abs=1e-3)
    pairs = image((0, 1), (0, 2))
    table = head.score(torch.full((2, head.num_hois), 1e-3), pairs)
    assert not table.scores.isfinite().any()
    assert (table.confidences > 0).any()


def test_unseen_hois_cost_nothing():
    model = build(zero_shot_split='rf_uc')
    unseen = model.label_space.unseen_hois('rf_uc')
    logits = dict(
        hoi=torch.zeros(1, model.num_hois, requires_grad=True),
        indicator=torch.zeros(1, 1))
    ones = torch.ones(1, model.num_hois)
    loss = model.losses(logits, ones, torch.tensor([True]), ones)['loss_hoi']
    loss.backward()
    gradient = logits['hoi'].grad[0]
    assert not gradient[unseen].any()
    assert (gradient != 0).sum() == model.num_hois - len(unseen)


def test_classes_are_embedded_once():
    graph = build().graph.eval()
    with torch.no_grad():
        first = graph()
        assert graph() is first
        # Other weights, other embeddings.
        state = {k: v + 1 for k, v in graph.state_dict().items()}
        graph.load_state_dict(state)
        assert not graph().hoi.equal(first.hoi)
        assert graph.train().eval()() is not first
    assert graph().hoi.requires_grad


def test_rows_of_classes(head):
    space = head.label_space
    names = ClassNames(
        objects=space.objects, verbs=space.verbs, hois=space.hois)
    assert head.class_rows(names) == {
        'graph.hoi_words': space.hois,
        'graph.verb_words': space.verbs,
        'graph.object_words': space.objects
    }


@pytest.mark.parametrize('graph, message', [
    (dict(), 'either `clip` or'),
    (dict(links='all'), 'links="all"; allowed: words, none'),
    (dict(num_heads=(1, 1)), '2 num_heads for 3 layers'),
])
def test_options_of_no_use(graph, message):
    if graph:
        graph = dict(clip=dict(model_name='mmhoi-mini'), **graph)
    with pytest.raises(SetupError, match=message):
        ConsNetHead(embed_dims=8, label_space='synhico', graph=graph)
    with pytest.raises(SetupError, match='score_thr'):
        build(test_cfg=dict(score_threshold=0.1))
