# Copyright (c) mmhoi contributors.
"""Files of torch.save and safetensors, and how they are mutated."""
import io
import json
import struct

import torch
from fuzz_mutations import NASTY, mutate_tree, mutate_zip_member, random_place

NASTY_TENSORS = [
    torch.zeros(0), torch.ones(1).expand(2**40), torch.ones(3, 2).double(),
    torch.full((3, 2), float('nan')), torch.full((3, 2), float('inf')),
    torch.ones(2, 3), torch.ones(3, 2, dtype=torch.int8), torch.tensor(True),
    torch.ones(3, 2, dtype=torch.complex64), torch.tensor(1.),
    torch.ones(3, 2).to_sparse(), torch.ones(3, 2, dtype=torch.bfloat16),
    torch.ones(3, 2, device='meta'), torch.ones(1, 2).expand(3, 2)
]  # yapf: disable


def mutate_torch(path, rng):
    """Mutate the content of a file of torch.save, or one of its parts."""
    if rng.random() < .3:
        mutate_zip_member(path, rng)
        return
    content = torch.load(path, weights_only=True)
    content = mutate_tree(content, rng, NASTY + NASTY_TENSORS)
    parent, key = random_place([content], rng)
    if rng.random() < .3 and isinstance(parent, dict):
        # A name of nonsense; keys of a pickle need not be texts.
        parent[rng.choice(('', 'module.', '\ud800', 7, None, 'x' * 999,
                           'bbox_head.'))] = parent.pop(key)
    buffer = io.BytesIO()
    torch.save(content, buffer)
    path.write_bytes(buffer.getvalue())


def mutate_safetensors(path, rng):
    """Mutate the header of a .safetensors file."""
    content = path.read_bytes()
    size, = struct.unpack('<Q', content[:8])
    header = json.loads(content[8:8 + size])
    notes = header.get('__metadata__', {})
    if 'meta' in notes and rng.random() < .5:
        notes['meta'] = json.dumps(mutate_tree(json.loads(notes['meta']), rng))
    else:
        header = mutate_tree(header, rng)
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack('<Q', len(text)) + text + content[8 + size:])


def saved(name, make_content):
    """Function that writes something with torch.save into a folder."""

    def make(folder):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        torch.save(make_content(), path)
        return path

    return make
