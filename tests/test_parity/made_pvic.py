# Copyright (c) mmhoi contributors.
"""Golden files of PViC of other settings, made by our own code.

The models are built without `parity.pvic_model`, so that what it takes from a
file is compared with what the file was made from.
"""
import torch
from mmdet.structures.bbox import bbox_xyxy_to_cxcywh
from mmengine.config import Config
from mmengine.structures import InstanceData
from parity.model_config import CONFIGS
from parity.pvic_model import as_upt
from parity.upt_model import golden_samples, set_detector, use_table
from torch import nn

from mmhoi.checkpoints.official.pvic import PViC
from mmhoi.checkpoints.official.renaming import OURS
from mmhoi.models.detectors.detector_reading import read_detector
from mmhoi.models.losses.prior_focal_loss import calibrated_logits
from mmhoi.models.proposals import InstanceSelector, pair_indices
from mmhoi.registry import MODELS
from mmhoi.structures import HOIDataSample, PairProposals

ARGS = dict(
    backbone='resnet50',
    dilation=False,
    position_embedding='sine',
    pre_norm=False,
    detector='base',
    kv_src='C5',
    hidden_dim=64,
    enc_layers=1,
    dec_layers=2,
    dim_feedforward=48,
    dropout=0.1,
    nheads=4,
    num_queries=9,
    repr_dim=32,
    triplet_enc_layers=1,
    triplet_dec_layers=2,
    alpha=0.5,
    gamma=0.1,
    box_score_thresh=0.05,
    min_instances=3,
    max_instances=15,
    raw_lambda=2.8,
    num_verbs=117)
HEAD = 'interaction_head.'
LEVELS = dict(C5=1, C4=2, C3=3)
SIZES = torch.tensor([[64, 96], [50, 70]])


def make_pvic(with_detector=False, **changes):
    """A file, of the head alone or with a DETR; arguments are changed."""
    args = {**ARGS, **changes}
    torch.manual_seed(0)
    cfg = _config(args, with_detector)
    if with_detector:
        model = MODELS.build(cfg).eval()
        head, start = model.interaction_head, ''
    else:
        head = model = MODELS.build(
            dict(
                cfg.interaction_head,
                train_cfg=cfg.train_cfg,
                test_cfg=cfg.test_cfg)).eval()
        start = HEAD
    table = [row.nonzero().flatten().tolist() for row in head.classes.exists]
    if args['num_verbs'] != 117:
        table = [[i % 24, (i * 5 + 1) % 24] for i in range(80)]
        use_table(head, table)
    content = dict(
        method='pvic',
        args=args,
        object_to_target=table,
        inputs=dict(image_sizes_hw=SIZES))
    if with_detector:
        batch = _run_detector(content, model)
    else:
        batch = _given_detections(content, args, head)
    state = {
        start + name: value
        for name, value in model.state_dict().items()
        if not name.endswith('num_batches_tracked')
    }
    content['state_dict'] = PViC().rename(state, OURS)
    content['inputs']['targets'] = _targets(content, batch['proposals'])
    _add_results(content, head, batch)
    return content


def _config(args, with_detector):
    cfg = Config.fromfile(CONFIGS / '_base_/models/pvic_r50.py').model
    levels = LEVELS[args['kv_src']]
    channels = [512, 1024, 2048] if with_detector else [8, 16, 32]
    cfg.interaction_head.update(
        embed_dims=args['hidden_dim'],
        in_channels=channels[-levels:],
        pair_dims=args['repr_dim'],
        num_heads=args['nheads'],
        # Fixed in the official program.
        num_unary_heads=8,
        num_key_layers=args['triplet_enc_layers'],
        num_decoder_layers=args['triplet_dec_layers'],
        loss_hoi=dict(
            type='PriorFocalLoss',
            alpha=args['alpha'],
            gamma=args['gamma'],
            clamp_num_pos=False))
    if args['num_verbs'] != 117:
        cfg.interaction_head.update(
            label_space='vcoco', verbs=list(range(args['num_verbs'])))
    cfg.test_cfg.prior_power = args['raw_lambda']
    cfg.pair_proposer.selector.update(
        score_thr=args['box_score_thresh'],
        min_instances=args['min_instances'],
        max_instances=args['max_instances'])
    set_detector(cfg.detector, args)
    cfg.detector.backbone.depth = dict(
        resnet50=50, resnet101=101)[args['backbone']]
    cfg.detector.backbone.out_indices = tuple(range(4 - levels, 4))
    return cfg


def _targets(content, proposals):
    """Two of the proposed pairs of each image, with a verb of the object."""
    targets = []
    for image, size in zip(proposals, SIZES):
        rows = [0, image.num_pairs - 1] if image.num_pairs else []
        scale = torch.tensor([*size.tolist()[::-1]] * 2)
        objects = image.labels[image.obj_inds[rows]]
        verbs = content['object_to_target']
        targets.append(
            dict(
                boxes_h=bbox_xyxy_to_cxcywh(image.boxes[image.sub_inds[rows]] /
                                            scale),
                boxes_o=bbox_xyxy_to_cxcywh(image.boxes[image.obj_inds[rows]] /
                                            scale),
                labels=torch.tensor([verbs[o][0] for o in objects.tolist()],
                                    dtype=torch.long),
                object=objects,
                size=size))
    return targets


def _given_detections(content, args, head):
    """Detections and maps of a head's file."""
    generator = torch.Generator().manual_seed(1)
    count, inputs = 6, content['inputs']
    found = []
    for height, width in SIZES.tolist():
        low = torch.rand(count, 2, generator=generator) * 0.6
        high = low + 0.1 + torch.rand(count, 2, generator=generator) * 0.3
        found.append(
            dict(
                scores=torch.rand(count, generator=generator),
                labels=torch.tensor([0, 0, 1, 24, 56, 0]),
                boxes=torch.cat([low, high], 1) *
                torch.tensor([width, height] * 2)))
    states = torch.randn(2, count, args['hidden_dim'], generator=generator)
    levels, masks = [], []
    for i, channels in enumerate((8, 16, 32)[-LEVELS[args['kv_src']]:]):
        height, width = (8 >> i) or 1, (12 >> i) or 1
        levels.append(
            torch.randn(2, channels, height, width, generator=generator))
        mask = torch.zeros(2, height, width, dtype=torch.bool)
        mask[1, :, -1:] = width > 2
        masks.append(mask)
    inputs.update(
        features=levels,
        feature_masks=masks,
        detector_results=found,
        hidden_states=states)
    instances = [
        _instances(image, hidden, size)
        for image, hidden, size in zip(found, states, SIZES)
    ]
    tokens, proposals = _select(content, args, instances)
    return dict(
        tokens=tokens,
        proposals=proposals,
        feature_maps=tuple(levels),
        img_sizes=SIZES,
        map_mask=masks[0])


def _instances(image, hidden, size):
    return InstanceData(
        bboxes=image['boxes'],
        labels=image['labels'],
        scores=image['scores'],
        query_states=hidden,
        metainfo=dict(img_shape=tuple(size.tolist())))


def _select(content, args, instances):
    select = InstanceSelector(
        args['box_score_thresh'],
        0.5,
        args['min_instances'],
        args['max_instances'],
        clip=True)
    chosen = [select(image) for image in instances]
    content['region_props'] = [
        dict(
            boxes=image.bboxes,
            scores=image.scores,
            labels=image.labels,
            hidden_states=image.query_states) for image in chosen
    ]
    proposals = [
        PairProposals(image.bboxes, image.labels, image.scores,
                      *pair_indices(image.labels == 0)) for image in chosen
    ]
    return [image.query_states for image in chosen], proposals


@torch.no_grad()
def _set_apart(detector, images, samples):
    """Let queries of the first image find humans and cars; those of others
    may all find the same."""
    found = read_detector(detector, images, samples).instances[0]
    states = found.query_states
    around = states - states.mean(0)
    first = torch.linalg.svd(around, full_matrices=False).Vh[0]
    along = around @ first
    first = first * 4 / along[along.abs().argmax()]
    head = detector.bbox_head
    head.fc_cls.weight[0] = first
    head.fc_cls.bias[0] = 6 - states.mean(0) @ first
    # The others are cars.
    head.fc_cls.weight[2] = 0
    head.fc_cls.bias[2] = 6
    nn.init.normal_(head.fc_reg.weight)


def _run_detector(content, model):
    generator = torch.Generator().manual_seed(1)
    size = tuple(SIZES.max(0).values.tolist())
    images = torch.randn(2, 3, *size, generator=generator)
    mask = torch.ones(2, *size, dtype=torch.bool)
    for image, own, (height, width) in zip(images, mask, SIZES):
        own[:height, :width] = False
        image[:, own] = 0
    content['inputs'].update(images=images, mask=mask)
    samples = [
        HOIDataSample(
            metainfo=dict(batch_input_shape=size, img_shape=tuple(shape)))
        for shape in SIZES.tolist()
    ]
    _set_apart(model.detector, images, samples)
    with torch.no_grad():
        maps, instances = read_detector(model.detector, images, samples)
        inputs = model.pair_inputs(dict(img=images), samples)
    states = torch.stack([image.query_states for image in instances], 1)
    content['detector_intermediates'] = dict(
        backbone_layer4=maps.backbone[-1],
        input_proj=maps.neck[-1],
        encoder_memory_LBD=maps.memory[-1].flatten(2).permute(2, 0, 1),
        decoder_normed_layers_QBD=states[None])
    content['detector_results'] = [
        dict(scores=image.scores, labels=image.labels, boxes=image.bboxes)
        for image in instances
    ]
    for image, shape in zip(instances, SIZES.tolist()):
        image.set_metainfo(dict(img_shape=tuple(shape)))
    _select(content, content['args'], instances)
    return inputs._asdict()


def _add_results(content, head, batch):
    proposals = batch['proposals']
    samples = golden_samples(as_upt(content), range(2))
    outputs = head(**batch)
    losses = head.loss_by_feat(outputs, proposals, samples)
    loss = losses['loss_hoi']
    loss.backward()
    logits = outputs['layer_logits'].detach()
    labels = torch.cat([
        head.assigner.assign(image, sample.gt_hoi_instances,
                             sample.gt_hoi_instances.verb_labels)
        for image, sample in zip(proposals, samples)
    ])
    prior = torch.cat([head.prior(image, 1.0) for image in proposals])
    rows, verbs = prior.nonzero().unbind(1)
    counted, labelled = prior[rows, verbs], labels[rows, verbs]
    alone = type(head.loss_hoi)(head.loss_hoi.alpha, head.loss_hoi.gamma)
    results = dict(
        logits_all_layers=logits,
        # Of both boxes, whose product counts.
        prior=[
            torch.stack([head.prior(image, 1.0)] * 2, 1).sqrt()
            for image in proposals
        ],
        paired_inds=[
            torch.stack([image.sub_inds, image.obj_inds], 1)
            for image in proposals
        ],
        object_types=[image.labels[image.obj_inds] for image in proposals])
    content.update(
        outputs_eval=results,
        outputs_train=dict(logits_all_layers=logits),
        association_labels=labels,
        loss_parts=dict(
            pair_index=rows,
            verb_index=verbs,
            prior=counted,
            calibrated_logit=calibrated_logits(logits[:, rows, verbs],
                                               counted),
            label=labelled.expand(len(logits), -1),
            num_positive_times_layers=float(len(logits) * labelled.sum()),
            element_loss=torch.stack([
                torch.stack([
                    alone(*(value[k:k + 1]
                            for value in (layer[rows,
                                                verbs], counted, labelled)))
                    for k in range(len(rows))
                ]) for layer in logits
            ])),
        loss_dict=dict(cls_loss=loss.item()),
        total_loss=loss.item(),
        detections_eval=_detections(head, results, logits[-1], proposals))
    _add_gradients(content, head)


def _detections(head, results, logits, proposals):
    """By the formula rather than by our predictions."""
    found, start = [], 0
    for i, image in enumerate(proposals):
        own = logits[start:start + image.num_pairs]
        start += image.num_pairs
        prior = results['prior'][i].prod(1)
        x, y = prior.nonzero().unbind(1)
        power = head.test_cfg['prior_power']
        found.append(
            dict(
                boxes=image.boxes,
                pairing=results['paired_inds'][i][x],
                scores=own[x, y].sigmoid() * prior[x, y]**power,
                labels=y,
                objects=results['object_types'][i][x],
                size=SIZES[i],
                x=x))
    return found


def _add_gradients(content, head):
    named = {
        HEAD + name: parameter
        for name, parameter in head.named_parameters()
    }
    named = PViC().rename(named, OURS)
    gradients = {
        name: parameter.grad
        for name, parameter in named.items() if parameter.grad is not None
    }
    norms = {name: value.norm().item() for name, value in gradients.items()}
    content.update(
        grad_norms=norms,
        grad_small_params={
            name: value
            for name, value in gradients.items() if value.numel() < 70
        },
        grad_total_norm=torch.tensor(list(norms.values())).norm().item(),
        analytically_zero_gradients=[
            name for name, norm in norms.items() if norm < 1e-6
        ],
        params_frozen=['detector.*'],
        params_requires_grad_but_grad_none=[
            name for name in named if name not in gradients
        ])
