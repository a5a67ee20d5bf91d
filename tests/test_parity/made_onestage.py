# Copyright (c) mmhoi contributors.
"""Golden files of QPIC and CDN of other settings, made by our own code.

The models are built without `parity.qpic_model`, so that what it takes from a
file is compared with what the file was made from.
"""
import torch
from mmengine.config import Config
from parity.matching_checks import match_image
from parity.model_config import CONFIGS, resize
from parity.qpic_checks import LOSS_NAMES, MATCHING, OUTPUTS, qpic_forward
from parity.qpic_model import qpic_samples

from mmhoi.checkpoints.official.conversion import export_official
from mmhoi.checkpoints.official.identify import FAMILIES
from mmhoi.checkpoints.official.renaming import OURS
from mmhoi.registry import MODELS

DEPTHS = dict(resnet50=50, resnet101=101)
ARGS = dict(
    backbone='resnet50',
    dilation=False,
    position_embedding='sine',
    enc_layers=1,
    dim_feedforward=48,
    hidden_dim=32,
    dropout=0.1,
    nheads=2,
    num_queries=5,
    pre_norm=False,
    masks=False,
    num_obj_classes=80,
    num_verb_classes=117,
    verb_loss_type='focal',
    aux_loss=True,
    set_cost_bbox=2.5,
    set_cost_giou=1,
    set_cost_obj_class=1,
    set_cost_verb_class=1,
    bbox_loss_coef=2.5,
    giou_loss_coef=1,
    obj_loss_coef=1,
    verb_loss_coef=1,
    eos_coef=0.1)
CDN_ARGS = dict(
    dec_layers_hopd=2,
    dec_layers_interaction=2,
    use_matching=False,
    set_cost_matching=1,
    matching_loss_coef=1,
    alpha=0.5,
    verb_loss_coef=2,
    freeze_mode=0,
    obj_reweight=False,
    verb_reweight=False,
    use_static_weights=False,
    queue_size=4704.0,
    p_obj=0.7,
    p_verb=0.7)


def make_onestage(method, **changes):
    """A file of `method` whose arguments are changed."""
    own = CDN_ARGS if method == 'cdn' else dict(dec_layers=2)
    args = {**ARGS, **own, **changes}
    cfg = _config(method, args)
    torch.manual_seed(0)
    model = MODELS.build(cfg).eval()
    state = export_official(model.state_dict(), FAMILIES[method], cfg)
    content = dict(method=method, args=args, state_dict=state)
    content['inputs'] = _inputs(args)
    _add_results(content, model, FAMILIES[method].renaming)
    return content


def _config(method, args):
    base = 'cdn_s_r50' if method == 'cdn' else 'qpic_r50'
    cfg = Config.fromfile(CONFIGS / f'_base_/models/{base}.py').model
    width, head = args['hidden_dim'], cfg.bbox_head
    resize(cfg.encoder, args, args['enc_layers'], width)
    depths = (args['dec_layers_hopd'],
              args['dec_layers_interaction']) if method == 'cdn' else (
                  args['dec_layers'], )
    for part, depth in zip(('decoder', 'interaction_decoder'), depths):
        resize(cfg[part], args, depth, width)
    cfg.neck.out_channels = head.embed_dims = width
    cfg.positional_encoding.num_feats = width // 2
    cfg.num_queries = args['num_queries']
    cfg.backbone.depth = DEPTHS[args['backbone']]
    head.label_space = 'hico_det'
    if args['num_verb_classes'] == 29:
        head.label_space = 'vcoco'
    head.loss_obj.bg_cls_weight = args['eos_coef']
    head.loss_bbox.loss_weight = args['bbox_loss_coef']
    head.loss_iou.loss_weight = args['giou_loss_coef']
    if args['verb_loss_type'] == 'bce':
        head.loss_hoi = dict(type='InteractionMeanBCELoss')
    head.loss_hoi.loss_weight = args['verb_loss_coef']
    costs = cfg.train_cfg.assigner.match_costs
    for cost in costs:
        if cost.type == 'HOIIoUCost':
            cost.absent_object = 'sum'
        elif cost.type == 'HOIBBoxL1Cost':
            cost.weight = args['set_cost_bbox']
    if args.get('use_matching'):
        head.loss_matching = dict(
            type='mmdet.CrossEntropyLoss',
            loss_weight=args['matching_loss_coef'])
        costs.append(
            dict(type='PairnessCost', weight=args['set_cost_matching']))
    if args.get('freeze_mode'):
        cfg.frozen = ['backbone', 'neck', 'encoder', 'queries']
    if method == 'cdn':
        cfg.test_cfg.pair_nms = None
        head.loss_hoi.update(
            pos_weight=args['alpha'], neg_weight=1 - args['alpha'])
    return cfg


def _inputs(args):
    num_verbs = args['num_verb_classes']
    generator = torch.Generator().manual_seed(1)
    images = torch.randn(2, 3, 64, 96, generator=generator)
    images[1, :, :, 64:] = 0
    mask = torch.zeros(2, 64, 96, dtype=torch.bool)
    mask[1, :, 64:] = True
    targets = []
    for count in (2, 1):
        boxes = torch.tensor([[0.4, 0.5, 0.3, 0.6], [0.6, 0.4, 0.5, 0.2]])
        objects, labels = boxes.flip(0).clone(), torch.arange(count) + 1
        if num_verbs == 29:
            # The first pair of V-COCO's has no object.
            objects[0], labels[0] = 0, 80
        verbs = torch.zeros(count, num_verbs)
        verbs[torch.arange(count), torch.arange(count) * 7 + 3] = 1
        targets.append(
            dict(
                sub_boxes=boxes[:count],
                obj_boxes=objects[:count],
                obj_labels=labels,
                verb_labels=verbs,
                matching_labels=torch.ones_like(labels)))
    return dict(
        images=images,
        mask=mask,
        image_sizes_hw=[[64, 96], [64, 64]],
        orig_sizes=torch.tensor([[128, 192], [64, 64]]),
        targets=targets)


def _add_results(content, model, renaming):
    head, samples = model.bbox_head, qpic_samples(content)
    if not content['args']['aux_loss']:
        head.register_forward_hook(lambda _, args, outputs: {
            k: v[-1:]
            for k, v in outputs.items()
        })
    with torch.no_grad():
        outputs = qpic_forward(model, content, samples)[1]
    content['outputs_eval'] = content['outputs_train'] = _layers(outputs)
    matched = [
        match_image({name: outputs[name][-1, i]
                     for name in head.matched_by}, sample, head)
        for i, sample in enumerate(samples)
    ]
    content['matcher'] = dict(
        final=dict(
            indices=[list(match[:2]) for match in matched],
            cost_matrix_per_image=[match[2] for match in matched]))
    losses = model(dict(img=content['inputs']['images']), samples, mode='loss')
    sum(losses.values()).backward()
    content['total_loss'] = sum(losses.values()).item()
    names = {ours: (name, part) for name, (ours, part) in LOSS_NAMES.items()}
    content['loss_dict'], content['weight_dict'] = {}, {}
    for ours, value in losses.items():
        layer, _, ours = ours.rpartition('.')
        name, part = names[ours]
        name += layer.replace('d', '_')
        weight = head.get_submodule(part).loss_weight
        content['loss_dict'][name] = value.item() / weight
        content['weight_dict'][name] = weight
    official = {
        renaming.rename(name, OURS): parameter
        for name, parameter in model.named_parameters()
    }
    content['grad_norms'] = {
        name: parameter.grad.norm().item()
        for name, parameter in official.items() if parameter.requires_grad
    }
    content['grad_total_norm'] = torch.tensor(
        list(content['grad_norms'].values())).norm().item()
    content['params_frozen'] = [
        name for name, parameter in official.items()
        if not parameter.requires_grad
    ]
    table = torch.zeros(len(head.label_space.verbs), 80, dtype=torch.float64)
    classifier = head.interaction_classifier
    known = classifier.hoi_objects < 80
    table[classifier.hoi_verbs[known], classifier.hoi_objects[known]] = 1
    content['correct_mat'] = table


def _layers(outputs):
    known = (*OUTPUTS, MATCHING) if MATCHING[1] in outputs else OUTPUTS
    layers = [{
        theirs: outputs[ours][layer]
        for theirs, ours, _ in known
    } for layer in range(len(outputs['obj_logits']))]
    return dict(layers[-1], aux_outputs=layers[:-1])
