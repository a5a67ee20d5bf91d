# Copyright (c) mmhoi contributors.
import json

import numpy as np
import pytest

from mmhoi.apis import vocabulary as vocabulary_module
from mmhoi.apis.vocabulary import parse_vocabulary
from mmhoi.apis.vocabulary_sources import read_source
from mmhoi.label_spaces import ANY_OBJECT, load_label_space

HICO = load_label_space('hico_det')
VCOCO = load_label_space('vcoco')
RIDE, HORSE, RIDE_HORSE = 76, 17, 139


@pytest.fixture
def warnings(monkeypatch):
    """List of the warnings."""
    messages = []
    monkeypatch.setattr(vocabulary_module, 'print_log',
                        lambda message, **kwargs: messages.append(message))
    return messages


@pytest.mark.parametrize('space', [HICO, VCOCO])
def test_prompts_of_the_label_space(space, warnings):
    for texts in (space.hoi_prompts, 'hico_det' if space is HICO else 'vcoco'):
        vocabulary = parse_vocabulary(texts, space)
        assert vocabulary.texts == space.hoi_prompts
        ids = np.arange(len(space.hois))
        assert np.array_equal(vocabulary.prompt_hois, ids)
        assert np.array_equal(vocabulary.verb_hois, ids)
        assert np.array_equal(vocabulary.hoi_objects, space.hoi_objects)
        assert vocabulary.metainfo['hoi_classes'] == space.hois
        names = [vocabulary.verbs[i] for i in vocabulary.hoi_verbs]
        assert names == [space.verbs[i] for i in space.hoi_verbs]
    assert not warnings


def test_texts(warnings):
    vocabulary = parse_vocabulary([
        '  a person riding a horse ', 'the woman riding a horse.',
        'a person filming a horse', 'a person juggling',
        'a person riding a zebra'
    ], HICO)
    assert vocabulary.prompt_hois.tolist() == [RIDE_HORSE, -1, -1, -1, -1]
    assert vocabulary.verb_hois[:4].tolist() == [
        RIDE_HORSE, RIDE_HORSE, -1, -1
    ]
    # No HOI of HICO-DET, but a verb.
    assert HICO.hoi_verbs[vocabulary.verb_hois[4]] == RIDE
    assert vocabulary.hoi_objects.tolist() == [
        HORSE, HORSE, HORSE, ANY_OBJECT, 22
    ]
    meta = vocabulary.metainfo
    assert meta['hoi_texts'][0] == 'a person riding a horse'
    # Two texts of one HOI: the names tell them apart as far as they do.
    assert meta['hoi_classes'] == ('a person riding horse',
                                   'the woman riding horse', 'filming horse',
                                   'juggling', 'ride zebra')
    assert warnings == [
        "vocabulary: 1 texts name no object of the detector and fit any: "
        "'a person juggling'"
    ]


@pytest.mark.parametrize('texts, expected', [
    (dict(verbs=['ride', 'sit_on'], objects=['horse', 'dining table']), [
        'a photo of a person riding a horse',
        'a photo of a person riding a dining table',
        'a photo of a person sitting on a horse',
        'a photo of a person sitting on a dining table'
    ]),
    (dict(verbs=['riding', 'film'], objects=['elephant']), [
        'a photo of a person riding an elephant',
        'a photo of a person filming an elephant'
    ]),
    (dict(verbs=['no_interaction'],
          objects=['apple']), ['a photo of a person and an apple']),
    (dict(verbs=['jump']), ['a photo of a person jumping']),
])
def test_combinations(texts, expected, tmp_path, warnings):
    vocabulary = parse_vocabulary(texts, HICO)
    assert list(vocabulary.texts) == expected
    for text, hoi in zip(expected, vocabulary.prompt_hois):
        assert (text in HICO.hoi_prompts) == (hoi >= 0)
    path = tmp_path / 'texts.json'
    path.write_text(json.dumps(texts))
    assert parse_vocabulary(path, HICO).texts == vocabulary.texts
    assert not warnings


def test_unknown_objects_fit_any(warnings):
    vocabulary = parse_vocabulary(
        dict(verbs=['ride', 'film'], objects=['dragon', 'horse']), HICO)
    assert vocabulary.hoi_objects.tolist() == [
        ANY_OBJECT, HORSE, ANY_OBJECT, HORSE
    ]
    assert vocabulary.texts[0] == 'a photo of a person riding a dragon'
    assert warnings == [
        "vocabulary: 1 objects are no object classes of the detector and fit "
        "any object: 'dragon'"
    ]


def test_verbs_of_another_label_space():
    vocabulary = parse_vocabulary('vcoco', HICO)
    assert len(vocabulary.texts) == len(VCOCO.hois)
    ride = VCOCO.verbs.index('ride_instr')
    rows = np.flatnonzero(VCOCO.hoi_verbs == ride)
    assert (HICO.hoi_verbs[vocabulary.verb_hois[rows]] == RIDE).all()
    surf = np.flatnonzero(VCOCO.hoi_verbs == VCOCO.verbs.index('surf_instr'))
    assert (vocabulary.verb_hois[surf] == -1).all()


@pytest.mark.parametrize('name, content', [
    ('texts.txt', 'a person riding a horse\r\n\r\n一个人骑马\n'),
    ('texts.txt', '\ufeffa person riding a horse\n一个人骑马'),
    ('texts.json', '["a person riding a horse", "一个人骑马"]'),
])
def test_files(name, content, tmp_path):
    path = tmp_path / name
    path.write_text(content, encoding='utf-8')
    texts = parse_vocabulary(str(path), HICO).texts
    assert texts == ('a person riding a horse', '一个人骑马')


@pytest.mark.parametrize('text, expected', [
    ('a person riding a horse', ('a person riding a horse', )),
    ('ride dog; ride cow ;', ('ride dog', 'ride cow')),
    ('running;jumping', ('running', 'jumping')),
])
def test_one_string(text, expected):
    assert parse_vocabulary(text, HICO).texts == expected


def test_class_file(tmp_path, warnings):
    path = tmp_path / 'classes.json'
    path.write_text(
        json.dumps(
            dict(
                objects=['horse', 'donkey'],
                verbs=['ride', dict(name='lead', phrase='leading')],
                hois=[
                    dict(verb='lead', object='donkey'),
                    dict(verb='ride', object='horse')
                ])))
    vocabulary = parse_vocabulary(path, HICO)
    assert vocabulary.texts == ('a photo of a person leading a donkey',
                                'a photo of a person riding a horse')
    assert vocabulary.verb_hois.tolist() == [-1, RIDE_HORSE]
    assert len(warnings) == 1 and 'donkey' in warnings[0]


def test_duplicates_are_dropped(warnings):
    texts = [
        'ride dog', 'ride cow', 'Ride  dog', 'ride dog', 'riding a cow',
        'A person riding a cow.', 'a photo of a person riding a cow'
    ]
    vocabulary = parse_vocabulary(texts, HICO)
    assert vocabulary.texts == ('ride dog', 'ride cow')
    assert vocabulary.prompts == ('a photo of a person riding a dog',
                                  'a photo of a person riding a cow')
    assert len(warnings) == 1
    assert warnings[0].startswith(
        "vocabulary: 5 texts mean the same as earlier ones and are left out: "
        "'Ride  dog', 'ride dog', 'riding a cow', ")


def test_many_texts():
    texts = [f'a person riding horse number {i}' for i in range(10000)]
    vocabulary = parse_vocabulary(texts, HICO)
    assert vocabulary.texts == tuple(texts)
    assert (vocabulary.verb_hois == RIDE_HORSE).all()
    assert len(vocabulary.verbs) == 10000


@pytest.mark.parametrize('texts, error, match', [
    ([], ValueError, 'no texts'),
    (['ride dog', ' \t'], ValueError, r'texts\[1\] is empty'),
    (['ride dog', None], TypeError, r'texts\[1\] is None'),
    (3, TypeError, 'is a int; allowed: a list'),
    (dict(objects=['dog']), ValueError, '"verbs"'),
    (dict(verbs=['ride'], object=['dog']), ValueError, "unknown: 'object'"),
    (dict(verbs='ride'), TypeError, r'texts\["verbs"\] is a str'),
    (dict(verbs=dict(a=1)), TypeError, r'texts\["verbs"\] is a dict'),
    (dict(verbs=['?']), ValueError, r'\["verbs"\]\[0\].*has no word'),
    (dict(verbs=['ride'], objects=['']), ValueError, r'"objects"\]\[0\]'),
    ('ride', ValueError, 'neither a file'),
    ('ride dog;; ride cow', ValueError, r'texts\[1\] is empty'),
    (';', ValueError, r'texts\[0\] is empty'),
    ('absent.txt', FileNotFoundError, 'absent.txt'),
])
def test_nonsense(texts, error, match):
    with pytest.raises(error, match=match):
        parse_vocabulary(texts, HICO)


@pytest.mark.parametrize('name, content, match', [
    ('empty.txt', b'\n\n', 'empty.txt has no texts'),
    ('latin.txt', b'\xe9t\xe9', 'latin.txt.*UTF-8'),
    ('broken.json', b'["ride dog"', 'broken.json.*valid JSON'),
    ('number.json', b'3', 'number.json'),
    ('blank.txt', b'ride dog\n  \n', r'blank.txt\[1\] is empty'),
])
def test_bad_files(name, content, match, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=match):
        read_source(path)


@pytest.mark.parametrize(
    'text, prompt',
    [
        ('a person riding a horse', 'a photo of a person riding a horse'),
        ('riding a horse', 'a photo of a person riding a horse'),
        ('ride horse', 'a photo of a person riding a horse'),
        ('horse riding', 'a photo of a person riding a horse'),
        ('ride horses', 'a photo of a person riding a horse'),
        ('no_interaction horse', 'a photo of a person and a horse'),
        ('sit on apple', 'a photo of a person sitting on an apple'),
        ('jump', 'a photo of a person jumping'),
        ('filming a horse', 'a photo of a person filming a horse'),
        ('two men riding horses', 'a photo of two men riding horses'),
        ('riding a horse at night',
         'a photo of a person riding a horse at night'),
        # As it is.
        ('a picture of a man on a horse', 'a picture of a man on a horse'),
        ('film horse', 'film horse'),
        ('一个人骑马', '一个人骑马'),
    ])
def test_prompts(text, prompt):
    assert parse_vocabulary([text], HICO).prompts == (prompt, )
