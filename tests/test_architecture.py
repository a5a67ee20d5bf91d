# Copyright (c) mmhoi contributors.
"""The plan of the house: imports run down, never up or in a circle."""
import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLAN = {
    0: ('version', 'registry', 'utils'),
    1: ('label_spaces', ),
    2: ('structures', ),
    3: ('ops', 'checkpoints', 'annotations'),
    4: ('models', 'evaluation', 'datasets', 'synthetic'),
    5: ('visualization', 'engine'),
    6: ('setup_env', ),
    7: ('apis', ),
    8: ('deployment', 'reproduction'),
}
FLOORS = {name: floor for floor, names in PLAN.items() for name in names}


def imports(path):
    """Modules of mmhoi that a file imports, also inside of functions."""
    package = path.relative_to(ROOT).with_suffix('').parts[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) + 1 -
                           node.level] if node.level else ()
            module = '.'.join((*base, *filter(None, [node.module])))
            yield from (f'{module}.{alias.name}' for alias in node.names)


FILES = {
    '.'.join(path.relative_to(ROOT).with_suffix('').parts): path
    for path in (ROOT / 'mmhoi').rglob('*.py')
}
ARROWS = {(name, target)
          for name, path in FILES.items()
          for target in imports(path) if target.startswith('mmhoi.')}


def room(module):
    return module.split('.')[1]


def test_every_room_has_a_floor():
    rooms = {room(name) for name in FILES} - {'__init__'}
    assert rooms == set(FLOORS)


def test_imports_run_down():
    up = {(room(a), room(b))
          for a, b in ARROWS if room(a) in FLOORS and room(b) in FLOORS
          and room(a) != room(b) and FLOORS[room(a)] <= FLOORS[room(b)]}
    assert not up, f'imports that run up: {sorted(up)}'


def test_no_circle_of_files():
    graph = {name: set() for name in FILES}
    for name, target in ARROWS:
        # A name of a module, or the module itself.
        for candidate in (target, target.rpartition('.')[0]):
            if candidate in FILES and candidate != name:
                graph[name].add(candidate)
    # Raises CycleError, which lists the files.
    TopologicalSorter(graph).prepare()


def test_the_page_has_the_same_plan():
    text = (ROOT / 'docs/en/design/architecture.md').read_text()
    rows = re.findall(r'^\| (\d+) \| (.*?) \|', text, re.M)
    assert {
        int(floor): tuple(re.findall(r'`(\w+)`', names))
        for floor, names in rows
    } == PLAN


#: Files of methods. Who else knows them only registers them.
METHODS = {
    'upt': ('mmhoi.models.heads.upt', 'mmhoi.models.losses.prior_focal_loss',
            'mmhoi.models.task_modules.assigners.pair_iou_assigner',
            'mmhoi.models.instance_features.query_features',
            'mmhoi.checkpoints.official.upt'),
    'cdn': ('mmhoi.models.heads.cdn',
            'mmhoi.models.layers.cascade_interaction_decoder',
            'mmhoi.checkpoints.official.cdn'),
    'pvic': ('mmhoi.models.heads.pvic', 'mmhoi.checkpoints.official.pvic'),
    'qpic': ('mmhoi.models.heads.interactions.linear_verbs',
             'mmhoi.models.heads.objects.linear_objects',
             'mmhoi.models.losses.interaction_mean_bce_loss',
             'mmhoi.checkpoints.official.qpic'),
    'atl':
    ('mmhoi.datasets.object_images', 'mmhoi.datasets.object_image_sampler',
     'mmhoi.models.proposals.object_image_pairs'),
    'fcl': ('mmhoi.models.heads.fcl', ),
    'functional': ('mmhoi.models.heads.functional', ),
    'consnet':
    ('mmhoi.models.heads.consnet', 'mmhoi.models.layers.soft_pair_nms',
     'mmhoi.models.proposals.iou_pairs', 'mmhoi.apis.consistency_graphs'),
    # Nothing but configs.
    'factorized': (),
}
REGISTRATION = ('__init__', 'identify')


@pytest.mark.parametrize('method', METHODS)
def test_a_method_is_files_of_its_own(method):
    """Nothing but registration would change if its files were taken away."""
    own = METHODS[method]
    assert own or not any(method in name for name in FILES)
    assert all(any(name.startswith(start) for name in FILES) for start in own)
    strangers = {
        name
        for name, target in ARROWS if target.startswith(own)
        and not name.startswith(own) and not name.endswith(REGISTRATION)
    }
    assert not strangers
