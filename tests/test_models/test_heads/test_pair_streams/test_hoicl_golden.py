# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest
import torch
from hoicl_golden import (ALPHABETICAL, DATA, FOLDER, SPACE, STREAMS,
                          VERB_STREAM, Image, batch, gradient_norms, make_head)

from mmhoi.models.heads.pair_streams import (ClassFrequencyWeights, HOITables,
                                             ImageRows, box_pair_map,
                                             composed_rows, pair_rows)
from mmhoi.models.heads.pair_streams.verb_object_composer import \
    rows_with_objects
from mmhoi.models.instance_features.pair_roi_features import corner_samples

BOXES = dict(np.load(FOLDER / 'hoicl_boxes.npz'))
COMPOSE = dict(np.load(FOLDER / 'hoicl_compose.npz'))
COMPOSER = dict(type='VerbObjectComposer', mode='def1')
FABRICATOR = dict(type='ObjectFabricator')


def compare(key, values):
    for name, value in values.items():
        np.testing.assert_allclose(
            value.detach().numpy(),
            DATA[f'{key}/{name}'],
            1e-5,
            1e-5,
            err_msg=name)


def check_gradients(head, key, loss):
    loss.backward()
    theirs = json.loads(str(DATA[f'{key}/grad_norms']))
    ours = gradient_norms(head)
    assert ours.keys() == theirs.keys()
    for name, value in theirs.items():
        assert ours[name] == pytest.approx(value, 1e-3), name


@pytest.mark.parametrize('key', ['vcl_base', 'vcl', 'vcl_rfuc'])
def test_vcl(key):
    images = [Image(0), Image(1)]
    head = make_head(composer=None if key == 'vcl_base' else COMPOSER)
    if head.composer is not None:
        weights = head.class_weights.clone()
        if key == 'vcl_rfuc':
            weights[SPACE.unseen_hois('rf_uc')] = 20
        head.composer.logit_weights = weights / 10
    total = 0
    for i, image in enumerate(images):
        logits = head(**batch([image]))
        seen = head.sees(image.proposals, 0.125)
        losses = head.loss([image.sample], **batch([image]))
        compare(
            f'{key}/{i}',
            dict(
                cls_score_sp=logits['spatial'],
                cls_score_hoi=logits['verb_object'][seen],
                sp_cross_entropy=losses['loss_spatial'],
                hoi_cross_entropy=losses['loss_verb_object'] / 2))
        # One image alone composes nothing.
        assert losses.get('loss_composed', 0) == 0
        total = total + losses['loss_spatial'] + losses['loss_verb_object']
    both = head.loss([image.sample for image in images], **batch(images))
    # The official code adds the losses of its two images.
    total = 2 * (both['loss_spatial'] + both['loss_verb_object'])
    if head.composer is not None:
        compare(key, dict(vcl_loss=2 * both['loss_composed']))
        total = total + both['loss_composed']
    compare(key, dict(total=total))
    check_gradients(head, key, total)


@pytest.mark.parametrize('key', ['fcl', 'fcl_rfuc'])
def test_fcl(key, monkeypatch):
    image = Image(0)
    head = make_head(
        streams=dict(STREAMS, verb=VERB_STREAM), composer=FABRICATOR)
    weights = torch.from_numpy(DATA['fcl/loss_weight']).float()
    unseen = (
        SPACE.unseen_hois('rf_uc')
        if key == 'fcl_rfuc' else DATA['fcl/zs7_unseen'])
    weights[unseen] = 20
    head.composer.loss_weights = weights
    uniform = torch.from_numpy(DATA['fcl/uniform'])[ALPHABETICAL]
    noise = torch.from_numpy(DATA['fcl/normal']).float()
    monkeypatch.setattr(torch, 'rand', lambda *_, **__: uniform)
    monkeypatch.setattr(torch, 'randn', lambda rows, _: noise[:rows])
    pairs = head.composer([
        head._image_rows(
            pair_rows(**batch([image])).split([len(image.labels)])[0],
            image.crops, image.proposals,
            head.targets(image.proposals, image.sample), image.sample)
    ])
    losses = head.loss([image.sample], **batch([image]))
    compare(
        f'{key}/0',
        dict(
            fabricated_scores=head.streams['verb_object'](pairs.rows),
            fake_total_loss=losses['loss_composed'],
            verb_cls_cross_entropy=losses['loss_verb'] / 0.3))
    total = sum(losses.values())
    compare(key, dict(total=total))
    check_gradients(head, key, total)


@pytest.mark.parametrize(
    'key', [key for key in COMPOSE if key not in ('labels', 'source')])
def test_compositions(key):
    labels = json.loads(str(COMPOSE['labels']))
    kind, mode, order = key.split('/')
    first, second = labels[::-1] if order == 'swapped' else labels
    if kind == 'atl':
        objects, verbs = rows_with_objects(mode, len(first), len(second))
        # Pairs come after the objects there.
        objects = (objects + len(first)) % (len(first) + len(second))
    else:
        mode = 'all' if kind == 'compose_all_hos' else mode
        objects, verbs = composed_rows(mode, len(first), len(second))
    sources = torch.tensor(
        [*range(len(first)), *range(100, 100 + len(second))])
    hois = torch.zeros(len(sources), 600)
    for row, ids in enumerate([*first, *second]):
        hois[row, ids] = 1
    composed = HOITables(SPACE).composed(hois[objects], hois[verbs])
    kept = composed.any(1)
    wanted = json.loads(str(COMPOSE[key]))['after']
    assert [row.nonzero().flatten().tolist()
            for row in composed[kept]] == wanted['hoi']
    assert sources[objects[kept]].tolist() == wanted['object_row']


def test_maps():
    shape = BOXES['maps_shape']
    maps = np.unpackbits(BOXES['maps_bits'])[:np.prod(shape)].reshape(shape)
    ours = box_pair_map(
        torch.from_numpy(BOXES['sub_bboxes']),
        torch.from_numpy(BOXES['obj_bboxes']))
    assert np.array_equal(ours.permute(0, 2, 3, 1).numpy(), maps)


def test_corner_samples():
    feature_map = torch.from_numpy(BOXES['feature_map'][0]).permute(2, 0, 1)
    rois = torch.from_numpy(BOXES['rois'][:, 1:]) / 16
    crops = corner_samples(feature_map, rois, 7).permute(0, 2, 3, 1)
    np.testing.assert_allclose(crops.numpy(), BOXES['crops'], 1e-5, 1e-5)


def test_atl():
    """The composition; the released losses count images of objects, too."""
    pairs, objects = Image(0), Image(1)
    counts = json.loads(str(DATA['atl/order']))
    num_pairs, num_objects = counts['hoi_positive'], counts['object_image']
    hois = json.loads(str(DATA['atl/hoi_ids']))
    labels = torch.zeros(len(hois), 600)
    for row, ids in enumerate(hois):
        labels[row, ids] = 1
    head = make_head(
        composer=dict(
            type='VerbObjectComposer',
            source='objects',
            mode='def4',
            loss_weight=1.0))
    head.composer.logit_weights = head.class_weights / 10
    first, second = (pair_rows(**batch([image])).split([
        count, len(image.labels) - count
    ])[0] for image, count in ((pairs, num_pairs), (objects, num_objects)))
    # The file's labels of object rows are all HOIs of the object.
    classes = torch.tensor([
        SPACE.hoi_objects[ids[0]]
        for ids in hois[num_pairs:num_pairs + num_objects]
    ])
    nothing = first.obj[:0]
    images = [
        ImageRows(first, labels[:num_pairs], nothing, nothing[:, :4],
                  classes[:0]),
        ImageRows(
            second.at(classes[:0]), labels[:0], second.obj, second.obj_boxes,
            classes, True)
    ]
    composed = head.composer(images)
    compare(
        'atl',
        dict(
            composed_scores=head.streams['verb_object'](composed.rows),
            vcl_loss=head._composed_loss(images)))


def test_class_weights():
    """The annotated and the mined pairs."""
    weights = ClassFrequencyWeights(
        counts_file='hico_det_mined_negatives.json')(SPACE, None)
    np.testing.assert_allclose(weights.numpy(), DATA['hoi_weight'], 1e-6)
