# Copyright (c) mmhoi contributors.
"""Small changes that make valid files malformed."""
import copy
import io
import json
import pickle
import zipfile

import numpy as np
from scipy.io import loadmat, savemat

NASTY = [
    None, True, False, 0, -1, 1, 2, 79, 80, 117, 600, 2**31, 2**53, 2**63,
    2**64, -2**63, 10**400, .5, -.5, 1e308, float('nan'), float('inf'),
    -float('inf'), '', 'a', '1', 'nan', '\ud800', '\x00', [], [[]], [1], {},
    {'a': 1}, [None], [float('nan')] * 4, [0, 0, 0, 0], [9, 9, 1, 1], 'x' * 999
]  # yapf: disable
NASTY_ARRAYS = [
    np.zeros(0), np.zeros((0, 4)), np.zeros((3, 4)), np.array(1.),
    np.arange(3),
    np.array([np.nan, 1]), np.array(['a']), np.array([1j]), np.array([True]),
    np.array([2**63], np.uint64), np.full((2, 9), np.inf), np.zeros((1, 1, 9)),
    np.array([[3, 3, 1, 1, 0, 0, 1, 1, .5]]), np.float16([1e4]), np.array(b'a')
]  # yapf: disable


def mutate_bytes(content, rng):
    """One change somewhere in the bytes."""
    start = rng.randrange(len(content) + 1)
    size = rng.choice((1, 1, 2, 4, 8, 64, 1000))
    kind = rng.randrange(5)
    if kind == 0:
        content[start:start + size] = rng.randbytes(size)
    elif kind == 1:
        del content[start:start + size]
    elif kind == 2:
        content[start:start] = content[start:start + size]
    elif kind == 3:
        content[start:start + size] = bytes([rng.choice(
            (0, 1, 127, 255))]) * size
    else:
        del content[start:]


def mutate_only_bytes(path, rng):
    """Change bytes; there is nothing that could be changed otherwise."""
    content = bytearray(path.read_bytes())
    mutate_bytes(content, rng)
    path.write_bytes(content)


def mutate_tree(tree, rng, nasty=NASTY):
    """A copy of nested lists and dicts with nasty values in some places."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 2, 4))):
        parent, key = random_place([tree], rng)
        if parent is None:
            return copy.deepcopy(rng.choice(nasty))
        kind = rng.randrange(4)
        if kind == 0:
            del parent[key]
        elif kind == 1 and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        else:
            parent[key] = copy.deepcopy(rng.choice(nasty))
    return tree


def random_place(box, rng):
    """A container and a key of it; (None, None) for the root."""
    node, parent, key = box[0], None, None
    while isinstance(node, (list, dict)) and node and rng.random() < .9:
        parent = node
        key = rng.choice(
            list(node) if isinstance(node, dict) else range(len(node)))
        node = parent[key]
    return parent, key


def mutate_json(path, rng):
    """Mutate the content of a json file."""
    tree = mutate_tree(json.loads(path.read_text()), rng)
    path.write_text(json.dumps(tree))


def mutate_json_lines(path, rng):
    """Mutate the content of one of the JSON lines."""
    lines = path.read_text().splitlines()
    row = rng.randrange(len(lines))
    lines[row] = json.dumps(mutate_tree(json.loads(lines[row]), rng))
    if rng.random() < .2:
        lines.append(rng.choice(lines))
    path.write_text('\n'.join(lines))


def mutate_pickle(path, rng):
    """Mutate the content of a pickle, and its protocol."""
    tree = mutate_tree(pickle.loads(path.read_bytes()), rng)
    if rng.random() < .3:
        parent, key = random_place([tree], rng)
        if parent is not None:
            parent[key] = rng.choice(NASTY_ARRAYS)
    path.write_bytes(pickle.dumps(tree, rng.randrange(6)))


def mutate_npz(path, rng):
    """Mutate, replace or leave out one of the arrays of numbers."""
    with np.load(path) as file:
        arrays = dict(file)
    name = rng.choice([x for x in arrays if arrays[x].dtype.kind != 'U'])
    kind = rng.randrange(5)
    if kind == 0:
        del arrays[name]
    elif kind == 1:
        arrays[name] = rng.choice(NASTY_ARRAYS)
    elif kind == 2:
        arrays[name] = arrays[name].astype(
            rng.choice(('i1', 'u8', 'f2', '>f8', 'S3', 'O', '?')))
    elif kind == 3 and arrays[name].size:
        flat = arrays[name].astype(float).ravel()
        flat[rng.randrange(flat.size)] = rng.choice(
            (np.nan, np.inf, -1, 600, 2.**53, 1e300))
        with np.errstate(invalid='ignore', over='ignore'):
            arrays[name] = flat.reshape(arrays[name].shape).astype(
                arrays[name].dtype)
    else:
        arrays[name] = arrays[name][:-1]
    np.savez(path, **arrays)
    if rng.random() < .2:
        mutate_zip_member(path, rng)


def mutate_zip_member(path, rng):
    """Mutate the bytes of one array and keep the checksum right."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    name = rng.choice(list(members))
    content = bytearray(members[name])
    mutate_bytes(content, rng)
    members[name] = bytes(content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as file:
        for name, content in members.items():
            file.writestr(name, content)
    path.write_bytes(buffer.getvalue())


def mutate_mat(path, rng):
    """Put something nasty into a cell or in place of the cells."""
    content = {
        key: value
        for key, value in loadmat(path).items() if not key.startswith('_')
    }
    cells = content['all_boxes']
    value = rng.choice([*NASTY_ARRAYS, 'text', {'a': 1}, 3.5, cells.copy()])
    if rng.random() < .7:
        cells[rng.randrange(cells.shape[0]),
              rng.randrange(cells.shape[1])] = value
    else:
        content['all_boxes'] = value
    savemat(path, content, do_compression=rng.random() < .5)


def mutate_bbox_mat(path, rng):
    """Put something nasty in place of a field of anno_bbox.mat."""
    content = {
        key: value
        for key, value in loadmat(path).items() if not key.startswith('_')
    }
    array = content[rng.choice(('bbox_test', 'bbox_test', 'list_action'))]
    while True:
        field = array[rng.choice(array.dtype.names)]
        index = rng.randrange(field.size)
        child = field.flat[index]
        is_leaf = child.dtype.names is None or child.size == 0
        if is_leaf or rng.random() < .2:
            field.flat[index] = rng.choice([*NASTY_ARRAYS, 'text', 3.5])
            break
        array = child
    savemat(path, content)
