# Copyright (c) mmhoi contributors.
import json

import pytest
from class_models import CLASSES, OTHER_PROMPT, Model, checkpoint_of
from mmengine.config import Config

from mmhoi.checkpoints import (CheckpointError, config_of_checkpoint,
                               read_checkpoint, use_carried_classes,
                               write_checkpoint)
from mmhoi.checkpoints.class_record import (KEY, carried_classes,
                                            classes_of_checkpoint, record_of)
from mmhoi.label_spaces import ClassNames, load_label_space

TEXT = """
classes_file = '/gone/classes.json'
dataset = dict(classes_file='/gone/classes.json')
model = dict(type='QueryPairDetector', bbox_head=dict(
    label_space='/gone/classes.json'))
"""


@pytest.mark.parametrize('ending', ['.pth', '.safetensors'])
@pytest.mark.parametrize('classes', [CLASSES, OTHER_PROMPT, 'hico_det'])
def test_a_file_carries_its_classes(tmp_path, classes, ending):
    content = checkpoint_of(Model(classes))
    path = tmp_path / f'a{ending}'
    write_checkpoint(path, content['state_dict'], content['meta'])
    found = classes_of_checkpoint(read_checkpoint(path))
    space = load_label_space(classes)
    assert found.space.fingerprint == space.fingerprint
    assert found.names == ClassNames.of_space(space)
    carried = carried_classes(read_checkpoint(path))
    if classes == 'hico_det':
        assert carried is None
    else:
        assert load_label_space(carried).fingerprint == space.fingerprint


@pytest.mark.parametrize('old', [False, True])
def test_config_without_class_file(old, tmp_path):
    checkpoint = checkpoint_of(Model(), old)
    checkpoint['meta']['cfg'] = TEXT
    cfg = config_of_checkpoint(checkpoint)
    wanted = load_label_space(CLASSES).fingerprint
    for source in (cfg.model.bbox_head.label_space, cfg.dataset.classes_file):
        assert load_label_space(source).fingerprint == wanted
    # A path is not followed even if there is something.
    path = tmp_path / 'classes.json'
    path.write_text('{}')
    checkpoint['meta']['cfg'] = TEXT.replace('/gone/classes.json', str(path))
    cfg = config_of_checkpoint(checkpoint)
    assert load_label_space(
        cfg.model.bbox_head.label_space).fingerprint == wanted


def test_a_file_that_exists_is_read(tmp_path):
    path = tmp_path / 'classes.json'
    cfg = dict(model=[dict(label_space=str(path))], other='x.json')
    use_carried_classes(cfg, checkpoint_of(Model()))
    assert load_label_space(cfg['model'][0]['label_space']).verbs == ('hug',
                                                                      'ride',
                                                                      'feed')
    path.write_text(json.dumps(CLASSES))
    cfg = dict(label_space=str(path))
    use_carried_classes(cfg, checkpoint_of(Model()))
    assert cfg == dict(label_space=str(path))


def test_config_dict_survives_a_dump():
    cfg = Config(dict(label_space='gone.json'))
    use_carried_classes(cfg._cfg_dict, checkpoint_of(Model()))
    again = Config.fromstring(cfg.pretty_text, '.py')
    assert load_label_space(
        again.label_space).fingerprint == load_label_space(CLASSES).fingerprint


@pytest.mark.parametrize('record, words', [
    ('x', 'is damaged'),
    (dict(format=2), 'format 2, this version of mmhoi reads 1'),
    (dict(format=1, label_space='/etc/a.json'), "it names '/etc/a.json'"),
    (dict(format=1, label_space=dict(objects=[3])), r'objects\[0\]'),
    (dict(format=1, label_space='none'), 'unknown label space "none"'),
])
def test_damaged_record(record, words):
    with pytest.raises(CheckpointError, match=words):
        classes_of_checkpoint(dict(meta={KEY: record}))


def test_changed_tables_of_the_package():
    """Then names count, which the file has beside."""
    space = load_label_space('hico_det')
    record = dict(record_of(space, None), fingerprint='other')
    meta = {KEY: record, 'dataset_meta': dict(verb_classes=['hug'])}
    found = classes_of_checkpoint(dict(meta=meta))
    assert found.space is None and found.names.verbs == ('hug', )
