# Copyright (c) mmhoi contributors.
import pytest
import torch
from hoicl_golden import STREAMS, Image, batch, make_head
from mmengine.structures import InstanceData

from mmhoi.label_spaces import ClassNames, load_label_space
from mmhoi.models.heads.pair_streams import ClassFrequencyWeights
from mmhoi.registry import MODELS
from mmhoi.structures import PairProposals
from mmhoi.utils.setup_error import SetupError

SPACE = load_label_space('hico_det')
COMPOSERS = [
    None,
    dict(type='VerbObjectComposer'),
    dict(type='VerbObjectComposer', source='objects', mode='def4'),
    dict(type='ObjectFabricator')
]


def without_pairs(image):
    rows = image.proposals
    nothing = rows.sub_inds[:0]
    image.proposals = PairProposals(rows.boxes, rows.labels, rows.scores,
                                    nothing, nothing, nothing)
    image.crops = image.crops._replace(union=image.crops.union[:0])
    return image


def build(composer=None, **options):
    torch.manual_seed(0)
    return MODELS.build(
        dict(
            type='PairStreamHead',
            embed_dims=16,
            label_space='hico_det',
            streams=STREAMS,
            composer=composer,
            **options))


@pytest.mark.parametrize('composer', COMPOSERS)
@pytest.mark.parametrize('empty', [(0, ), (1, ), (0, 1)])
def test_images_without_pairs(composer, empty):
    """They change nothing, and all parameters have a gradient."""
    head = build(composer)
    images = [Image(0), Image(1)]
    for index in empty:
        without_pairs(images[index])
    losses = head.loss([image.sample for image in images], **batch(images))
    assert all(loss.isfinite() for loss in losses.values())
    sum(losses.values()).backward()
    assert all(p.grad is not None for p in head.parameters())
    if len(empty) == 1:
        alone = images[1 - empty[0]]
        other = head.loss([alone.sample], **batch([alone]))
        assert losses['loss_spatial'].item() == pytest.approx(
            other['loss_spatial'].item())
    for image in images:
        image.sample.set_metainfo(dict(ori_shape=(9, 9), img_shape=(9, 9)))
    with torch.no_grad():
        predicted = head.eval().predict([image.sample for image in images],
                                        **batch(images))
    assert [bool(len(rows)) for rows in predicted
            ] == [index not in empty for index in range(2)]


def test_scores_are_a_product():
    head = make_head(test_cfg=dict(sub_power=2.0, obj_power=0.5))
    image = Image(0)
    rows = image.proposals
    scores = torch.linspace(0.1, 0.9, len(rows.scores))
    image.proposals = rows._replace(scores=scores)
    image.sample.set_metainfo(dict(ori_shape=(9, 9), img_shape=(9, 9)))
    with torch.no_grad():
        logits = head(**batch([image]))
        predicted, = head.predict([image.sample], **batch([image]))
    pair, hoi = predicted.query_inds[0], predicted.labels[0]
    product = logits['spatial'][pair, hoi].sigmoid() * logits['verb_object'][
        pair, hoi].sigmoid()
    sub, obj = scores[rows.sub_inds[pair]], scores[rows.obj_inds[pair]]
    torch.testing.assert_close(predicted.scores[0],
                               product * sub**2 * obj**0.5)
    torch.testing.assert_close(predicted.confidences[0], product * sub * obj)
    assert (torch.from_numpy(
        SPACE.hoi_objects)[predicted.labels] == predicted.obj_labels).all()


@pytest.mark.parametrize('share', [0.0, 0.5])
def test_objects_without_names(share):
    """The streams tell what an object is, alone or with the detector."""
    head = build(test_cfg=dict(object_names=share))
    rows = Image(0).proposals
    wanted = SPACE.objects.index('zebra')
    probs = torch.full((rows.num_pairs, 600), 0.1)
    probs[:, SPACE.hoi_objects == wanted] = 0.9
    scores = head.score(probs, rows._replace(scores=rows.scores * 0.2))
    assert (scores.obj_labels == wanted).all()
    assert scores.obj_scores[0, 0].item() == pytest.approx(0.9 * (1 - share))
    possible = scores.scores.isfinite()
    assert (possible == torch.from_numpy(SPACE.hoi_objects == wanted)).all()


def test_negatives_are_no_interaction():
    image = Image(0)
    targets = build().targets(image.proposals, image.sample)
    assert targets['hoi'].equal(image.labels)
    # Unless the split withholds it, or nobody asks for it.
    withheld = build(negative_verb=None)
    rest = withheld.targets(image.proposals, image.sample)['hoi']
    assert not rest[image.proposals.gt_inds < 0].any()


def test_rows_of_classes():
    rows = build(composer=COMPOSERS[3]).class_rows(ClassNames.of_space(SPACE))
    assert len(rows['streams.spatial.classifier.weight']) == 600
    assert rows['composer.identities'] == SPACE.objects


@pytest.mark.parametrize('options, message', [
    (dict(test_cfg=dict(streams=['sky'])), 'sky.*spatial, verb_object'),
    (dict(composed_stream='sky',
          composer=COMPOSERS[1]), 'sky.*spatial, verb_object'),
    (dict(test_cfg=dict(object_names=2)), 'object_names=2.*0..1'),
    (dict(zero_shot_split='moon'), 'unknown zero-shot split "moon"'),
    (dict(composer=dict(type='VerbObjectComposer', mode='def9')),
     'def9.*def1'),
    (dict(
        composer=dict(type='VerbObjectComposer', source='objects',
                      mode='all')), 'source="objects" with mode="all"'),
])
def test_wrong_options(options, message):
    with pytest.raises(ValueError, match=message):
        build(**options)


@pytest.mark.parametrize('stream, message', [
    (dict(inputs=['sky']), 'sky.*sub, obj, union'),
    (dict(inputs=['sub'], classes='sky'), 'sky.*hoi, verb, object'),
])
def test_wrong_streams(stream, message):
    with pytest.raises(ValueError, match=message):
        MODELS.build(
            dict(
                type='PairStreamHead',
                embed_dims=4,
                label_space='hico_det',
                streams=dict(one=stream)))


def test_boxes_alone_have_no_union():
    image = Image(0)
    arguments = dict(batch([image]), tokens=[image.crops.sub])
    with pytest.raises(ValueError, match='PairRoIFeatures'):
        build()(**arguments)


@pytest.mark.parametrize('content, message', [
    ('{', 'no json'),
    ('{"extra_counts": {"600": 1}}', 'HOI 600.*0 to 599'),
    ('{"extra_counts": {"1": -1}}', '-1 pairs'),
    ('[]', 'no json'),
    ('{"extra_counts": {"1": Infinity}}', 'inf, not a whole number'),
    ('{"extra_counts": {"1": true}}', 'True, not a whole number'),
])
def test_counts_of_other_hois(tmp_path, content, message):
    (tmp_path / 'counts.json').write_text(content)
    with pytest.raises(SetupError, match=message):
        ClassFrequencyWeights(counts_file=str(tmp_path / 'counts.json'))(SPACE,
                                                                         None)


@pytest.mark.parametrize('composer', COMPOSERS[1:3])
def test_nothing_to_compose(composer):
    """Verbs that no object of the other image takes are no loss."""
    hois = [SPACE.hois.index(hoi) for hoi in ('fly kite', 'eat banana')]
    images = [Image(0), Image(1)]
    for image, hoi in zip(images, hois):
        image.labels.zero_()[:, hoi] = 1
        is_object = image.proposals.labels > 0
        image.proposals.labels[is_object] = int(SPACE.hoi_objects[hoi])
        image.proposals = image.proposals._replace(
            gt_inds=torch.zeros_like(image.proposals.gt_inds))
        image.sample.gt_hoi_instances = InstanceData(
            hoi_labels=image.labels[:1])
    # Only between images.
    head = build(dict(composer, mode='def2'))
    if composer.get('source') == 'objects':
        images[1].sample.set_metainfo(dict(objects_only=True))
    losses = head.loss([image.sample for image in images], **batch(images))
    sum(losses.values()).backward()
    assert losses['loss_composed'] == 0
    assert all(p.grad is not None for p in head.parameters())
