# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.annotations.hoia_parser import HOIAParser
from mmhoi.label_spaces import load_label_space

PERSON, BIKE, EMPTY = (([10, 20, 50, 60], 1), ([30, 30, 90,
                                                70], 4), ([40, 40, 40, 60], 1))
RACE, RIDE, SIT_ON = 73, 77, 88


def make_parser(test_mode=False, **kwargs):
    kwargs = {'bbox_origin': 0, **kwargs}
    return HOIAParser(
        load_label_space('hico_det'), test_mode=test_mode, **kwargs)


def test_interactions_of_one_pair_become_one_multi_label_pair(make_record):
    # The first real entry of trainval_hico.json has this shape.
    record = make_record(
        boxes=[PERSON, BIKE, PERSON],
        hois=[(2, 1, RIDE), (0, 1, RACE), (2, 1, SIT_ON), (0, 1, RACE)])
    item = make_parser().parse(record)
    assert item['pairs'] == [
        dict(sub_id=2, obj_id=1, hois=[153, 154], verbs=[76, 87]),
        dict(sub_id=0, obj_id=1, hois=[152], verbs=[72])
    ]
    assert item['instances'] == [
        dict(bbox=[10., 20., 50., 60.], bbox_label=0, ignore_flag=0),
        dict(bbox=[30., 30., 90., 70.], bbox_label=3, ignore_flag=0),
        dict(bbox=[10., 20., 50., 60.], bbox_label=0, ignore_flag=0)
    ]


def test_every_hoi_and_category_of_hico_is_known(make_record):
    space = load_label_space('hico_det')
    parser = make_parser()
    for hoi in range(600):
        verb, obj = space.hoi_verbs[hoi], space.hoi_objects[hoi]
        record = make_record(
            boxes=[PERSON, ([0, 0, 9, 9], space.category_ids[obj])],
            hois=[(0, 1, int(verb) + 1)])
        record['hoi_annotation'][0]['hoi_category_id'] = hoi + 1
        item = parser.parse(record)
        assert item['instances'][1]['bbox_label'] == obj
        assert item['pairs'][0]['hois'] == [hoi]
        assert item['pairs'][0]['verbs'] == [verb]


def test_one_based_boxes_are_shifted(make_record):
    item = make_parser(bbox_origin=1).parse(make_record())
    assert item['instances'][0]['bbox'] == [9, 19, 49, 59]


@pytest.mark.parametrize('sub, obj', [(2, 1), (0, 2), (-1, 1), (0, -1)])
def test_index_out_of_range_drops_the_training_image(make_record, sub, obj):
    record = make_record(hois=[(0, 1, RIDE), (sub, obj, RIDE)])
    train, test = make_parser(), make_parser(test_mode=True)
    assert train.parse(record) is None
    item = test.parse(record)
    assert [(p['sub_id'], p['obj_id']) for p in item['pairs']] == [(0, 1)]


@pytest.mark.parametrize(
    'bbox',
    [[40, 40, 40, 60], [40, 40, 60, 40], [60, 40, 40, 60], [40, 60, 60, 40]])
def test_empty_or_inverted_box(make_record, bbox):
    record = make_record(
        boxes=[(bbox, 1), PERSON, BIKE], hois=[(0, 2, RACE), (1, 2, RIDE)])
    parser = make_parser()
    item = parser.parse(record)
    assert len(item['instances']) == 2
    # Indices follow the boxes that are left.
    assert item['pairs'] == [dict(sub_id=0, obj_id=1, hois=[153], verbs=[76])]
    test = make_parser(test_mode=True)
    assert len(test.parse(record)['instances']) == 3
    assert len(test.parse(record)['pairs']) == 2


@pytest.mark.parametrize('test_mode', [False, True])
@pytest.mark.parametrize('box', [([1, 1, 9, 9], 12), ([1, 1, 9, 9], 91),
                                 ([1, 1, 9], 1),
                                 ([1, 1, 9, float('nan')], 1),
                                 ([1, 1, 9, 10**400], 1), ([1, 1, 9, True], 1),
                                 ([1, 1, 9, None], 1)])
def test_box_that_cannot_be_used(make_record, test_mode, box):
    record = make_record(
        boxes=[box, PERSON, BIKE], hois=[(0, 2, RIDE), (1, 2, RIDE)])
    item = make_parser(test_mode).parse(record)
    assert len(item['instances']) == 2
    assert [(p['sub_id'], p['obj_id']) for p in item['pairs']] == [(0, 1)]


@pytest.mark.parametrize('test_mode', [False, True])
# Nobody can eat (25) a motorcycle.
@pytest.mark.parametrize('verb', [0, 118, 25])
def test_unknown_label_is_dropped_alone(make_record, test_mode, verb):
    record = make_record(hois=[(0, 1, verb), (0, 1, RIDE)])
    parser = make_parser(test_mode)
    item = parser.parse(record)
    assert [pair['hois'] for pair in item['pairs']] == [[153]]
    assert parser.parse(make_record(hois=[(0, 1, verb)]))['pairs'] == []


def test_verb_and_object_win_over_hoi_category_id(make_record):
    record = make_record(hois=[(0, 1, RIDE)])
    record['hoi_annotation'][0]['hoi_category_id'] = 1
    parser = make_parser()
    assert parser.parse(record)['pairs'][0]['hois'] == [153]


def test_first_boxes_only(make_record):
    boxes, hois = [PERSON, BIKE, PERSON], [(0, 1, RIDE), (2, 1, RACE)]
    record = make_record(boxes=boxes, hois=hois)
    parser = make_parser(max_instances=2)
    item = parser.parse(record)
    assert len(item['instances']) == 2
    assert [pair['sub_id'] for pair in item['pairs']] == [0]
    # The limit counts the boxes of the file, unusable ones too.
    record = make_record(boxes=[EMPTY] + boxes, hois=[(1, 2, RIDE)])
    assert make_parser(max_instances=2).parse(record)['pairs'] == []
    item = make_parser(test_mode=True, max_instances=2).parse(record)
    assert len(item['instances']) == 4


def test_no_object(make_record):
    space = load_label_space('vcoco')
    parser = HOIAParser(space, bbox_origin=0, test_mode=False)
    verb = next(v for v, o in zip(space.hoi_verbs.tolist(), space.hoi_objects)
                if o == 80)
    item = parser.parse(make_record(hois=[(0, -1, verb), (0, -2, verb)]))
    assert item is None
    item = parser.parse(make_record(hois=[(0, -1, verb)]))
    pair, = item['pairs']
    assert pair['obj_id'] == -1
    assert space.hoi_objects[pair['hois'][0]] == 80


def test_interactions_keep_the_order_of_the_file(make_record):
    parser = make_parser(test_mode=True)
    record = make_record(
        boxes=[PERSON, BIKE, PERSON],
        hois=[(0, 1, RIDE), (2, 1, RACE), (0, 1, RACE), (0, 1, RACE)])
    instances, interactions = parser.parse_interactions(record)
    assert instances == parser.parse(record)['instances']
    # Verb, then HOI; what is annotated twice is there twice.
    assert interactions == [(0, 1, 76, 153), (2, 1, 72, 152), (0, 1, 72, 152),
                            (0, 1, 72, 152)]


def test_unknown_combinations_of_vcoco_keep_their_verb_in_testing(make_record):
    space = load_label_space('vcoco')
    hold, stand = space.verbs.index('hold_obj'), space.verbs.index('stand')
    # Holding a traffic light and a cup; standing at a cup.
    record = make_record(
        boxes=[([1, 1, 9, 9], 1), ([1, 1, 9, 9], 10), ([1, 1, 9, 9], 47)],
        hois=[(0, 1, hold), (0, 2, hold), (0, 2, stand)])

    def parse(test_mode):
        parser = HOIAParser(space, bbox_origin=0, test_mode=test_mode)
        return parser.parse(record)['pairs']

    pairs = parse(test_mode=True)
    assert [pair['verbs'] for pair in pairs] == [[hold], [hold, stand]]
    assert [len(pair['hois']) for pair in pairs] == [0, 1]
    pairs = parse(test_mode=False)
    assert [pair['verbs'] for pair in pairs] == [[hold]]
