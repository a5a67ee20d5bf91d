# Copyright (c) mmhoi contributors.
"""First prediction of a fresh process: imports, texts, weights, one image.

Conservative: the official program also loads CLIP's own file first.
"""
import argparse
import importlib.util
import sys
from pathlib import Path

import torch
from PIL import Image
from torchvision.transforms import (CenterCrop, Compose, InterpolationMode,
                                    Normalize, Resize, ToTensor)
from torchvision.transforms import functional as F

sys.path.insert(0, str(Path(__file__).parents[1]))
from reference.hoiclip import HOICLIP  # noqa: E402 isort: skip
from reference.postprocess import postprocess  # noqa: E402 isort: skip

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
CLIP = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258,
                                              0.27577711))
SHORT, LONG, CLIP_SIZE = 800, 1333, 224


def load_tokenizer():
    """CLIP's tokenizer without the rest of open_clip, whose import takes
    longer."""
    folder = Path(importlib.util.find_spec('open_clip').origin).parent
    spec = importlib.util.spec_from_file_location('clip_tokenizer',
                                                  folder / 'tokenizer.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SimpleTokenizer()


def read_inputs(path):
    """Normalised image, mask of the padding, CLIP view, size (h, w)."""
    image = Image.open(path).convert('RGB')
    clip = Compose([
        Resize(CLIP_SIZE, InterpolationMode.BICUBIC),
        CenterCrop(CLIP_SIZE),
        ToTensor(),
        Normalize(*CLIP)
    ])
    resized = F.resize(image, SHORT, max_size=LONG)
    tensor = Compose([ToTensor(), Normalize(*IMAGENET)])(resized)[None]
    mask = torch.zeros(1, *tensor.shape[-2:], dtype=torch.bool)
    size = torch.tensor([[image.height, image.width]])
    return (tensor, mask, clip(resized)[None]), size


@torch.no_grad()
def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('checkpoint')
    parser.add_argument('image')
    parser.add_argument('hoi_prompts', type=Path, help='one text a line')
    parser.add_argument('object_prompts', type=Path)
    args = parser.parse_args()
    tokenize = load_tokenizer()
    model = HOICLIP().eval()
    model.run_texts(
        tokenize(args.hoi_prompts.read_text('utf-8').splitlines()),
        tokenize(args.object_prompts.read_text('utf-8').splitlines()))
    state = torch.load(args.checkpoint, map_location='cpu')['model']
    model.load_state_dict(state)
    inputs, size = read_inputs(args.image)
    result, = postprocess(model(*inputs), size)
    print(f'{len(result["hoi_scores"])} pairs')


if __name__ == '__main__':
    main()
