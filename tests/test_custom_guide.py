# Copyright (c) mmhoi contributors.
"""What docs/en/user_guides/custom_dataset.md shows is what is there."""
import json
import re

from custom_data import CLASSES, PAGE

from mmhoi.annotations.named_labels import NamedHOIAValidator
from mmhoi.label_spaces.class_file import parse_classes

CONFIG = CLASSES.with_name('hoiclip_mini_custom.py')


def blocks(language):
    return re.findall(rf'```{language}\n(.*?)```', PAGE.read_text(), re.S)


def test_files_of_the_example():
    assert CLASSES.read_text() in blocks('json')
    assert CONFIG.read_text() in blocks('python')
    assert len(CONFIG.read_text().splitlines()) <= 30


def test_formats():
    classes, records, _ = map(json.loads, blocks('json'))
    space = parse_classes(classes)
    assert space.hoi_prompts == ('a photo of a person riding a bicycle',
                                 'a photo of a person pushing a bicycle',
                                 'somebody pushing a cart',
                                 'a photo of a person waving at a person')
    problems = NamedHOIAValidator(space).validate(records)
    assert {p.kind for p in problems} == {'HOI that never occurs'}
