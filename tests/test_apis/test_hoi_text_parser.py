# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.apis.hoi_text_parser import (UNKNOWN_VERB, HOITextParser,
                                        split_words, verb_phrases)
from mmhoi.label_spaces import ANY_OBJECT, load_label_space
from mmhoi.label_spaces.class_file import parse_classes

HICO = load_label_space('hico_det')


@pytest.fixture(scope='module')
def parser():
    return HOITextParser(HICO)


@pytest.mark.parametrize(
    'text, verb, obj',
    [
        ('a person riding a horse', 'ride', 'horse'),
        ('A photo of a person riding a horse.', 'ride', 'horse'),
        ('riding a horse', 'ride', 'horse'),
        ('ride horse', 'ride', 'horse'),
        ('horse riding', 'ride', 'horse'),
        ('the young woman is riding her horse', 'ride', 'horse'),
        ('a man happily riding a horse', 'ride', 'horse'),
        ('somebody rides two horses', 'ride', 'horse'),
        ('people carrying skis', 'carry', 'skis'),
        ('a person holding a knife', 'hold', 'knife'),
        ('a person washing knives', 'wash', 'knife'),
        ('a person picking up a hot dog', 'pick_up', 'hot dog'),
        ('a person picking an apple', 'pick', 'apple'),
        ('a person picks up puppies and a dog', 'pick_up', 'dog'),
        # The subject is not the object, a verb is no object.
        ('a person hugging a person', 'hug', 'person'),
        ('hug person', 'hug', 'person'),
        ('a boy hugging a woman', 'hug', 'person'),
        ('a person training a dog', 'train', 'dog'),
        ('train dog', 'train', 'dog'),
        ('a person exiting a train', 'exit', 'train'),
        ('a person and a dog', 'no_interaction', 'dog'),
        # What the verb is about comes first.
        ('a person cutting a cake with a knife', 'cut', 'cake'),
        ('a person cutting with a knife', 'cut_with', 'knife'),
        # Whole words only.
        ('a person holding a catalogue', 'hold', None),
        ('a person riding', 'ride', None),
        # Verbs that the model does not know.
        ('a person photographing an elephant', '!photographing', 'elephant'),
        ('a person standing beside a bus', '!standing beside', 'bus'),
        ('a person sitting in a car', '!sitting in', 'car'),
        ('a person dancing', '!dancing', None),
        ('a bicycle', '!a bicycle', 'bicycle'),
        ('a person', '!a person', None),
        ('一个人骑马', '!一个人骑马', None),
        ('?!', '!?!', None),
    ])
def test_hico(parser, text, verb, obj):
    parsed = parser.parse(text)
    unknown = verb.startswith('!')
    assert parsed.verb == verb.removeprefix('!')
    assert parsed.verb_label == (
        UNKNOWN_VERB if unknown else HICO.verbs.index(verb))
    assert parsed.obj_label == (
        ANY_OBJECT if obj is None else HICO.objects.index(
            obj if obj in HICO.objects else obj.replace(' ', '_')))


@pytest.mark.parametrize('text, verb, obj', [
    ('a person cutting a cake', 'cut_obj', 'cake'),
    ('cut cake', 'cut_obj', 'cake'),
    ('a person cutting with scissors', 'cut_instr', 'scissors'),
    ('a person eating with a fork', 'eat_instr', 'fork'),
    ('a person looks at a kite', 'look_obj', 'kite'),
])
def test_verbs_of_vcoco(text, verb, obj):
    space = load_label_space('vcoco')
    parsed = HOITextParser(space).parse(text)
    assert parsed.obj_label == space.objects.index(obj)
    assert parsed.verb == verb


@pytest.mark.parametrize('name', ['hico_det', 'vcoco'])
def test_every_prompt_means_its_hoi(name):
    space = load_label_space(name)
    parser = HOITextParser(space)
    wrong = []
    for prompt, verb, obj in zip(space.hoi_prompts, space.hoi_verbs,
                                 space.hoi_objects):
        parsed = parser.parse(prompt)
        expected = obj if obj < len(space.objects) else ANY_OBJECT
        if (parsed.verb_label, parsed.obj_label) != (verb, expected):
            wrong.append(prompt)
    assert not wrong


def test_own_classes():
    space = parse_classes(
        dict(
            objects=['helmet',
                     dict(name='cart', phrase='a donkey cart')],
            verbs=['wear', dict(name='pull', phrase='pulling along')]))
    parser = HOITextParser(space)
    parsed = parser.parse('a worker pulling along two carts')
    assert (parsed.verb, parsed.obj_label) == ('a worker pulling along', 2)
    parsed = parser.parse('a person pulling along two carts')
    assert (parsed.verb, parsed.obj_label) == ('pull', 2)


def test_wording_tells_texts_apart(parser):
    assert parser.parse('a photo of a sad person riding a horse on a beach'
                        ).wording == 'a sad person riding on a beach'


def test_phrases_of_all_verbs():
    phrases = verb_phrases(HICO)
    assert len(set(phrases)) == len(HICO.verbs)
    assert phrases[HICO.verbs.index('no_interaction')] == 'and'
    assert split_words('no words: ?!') == ('no', 'words')
