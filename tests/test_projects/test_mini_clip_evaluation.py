# Copyright (c) mmhoi contributors.
import pytest
import torch
from mini_clip.evaluation import (normalize_pixels, stack_views,
                                  zero_shot_accuracy)
from mini_clip.samples import MiniCLIPSamples

from mmhoi.models.vision_language import load_open_clip


class _Oracle(torch.nn.Module):
    """Knows the HOI of every view from the order of the views."""

    def __init__(self, num_classes, num_per_class, shift):
        super().__init__()
        labels = torch.arange(num_classes).repeat_interleave(num_per_class)
        labels = (labels + shift) % num_classes
        near = torch.eye(num_classes)
        for step in range(1, 5):
            near = near + torch.eye(num_classes).roll(step, 1) / (step + 1)
        self.images, self.texts = near[labels], torch.eye(num_classes)

    def encode_text(self, tokens, normalize):
        return self.texts

    def encode_image(self, images):
        self.count = getattr(self, 'count', 0) % len(self.images) + len(images)
        return self.images[self.count - len(images):self.count]


@pytest.mark.parametrize('shift, top1, top5', [(0, 1.0, 1.0), (-3, 0.0, 1.0),
                                               (40, 0.0, 0.0)])
def test_accuracy(shift, top1, top5):
    samples = MiniCLIPSamples(size=8)
    clip = load_open_clip(
        'mmhoi-mini',
        'random')._replace(model=_Oracle(len(samples.hoi_ids), 1, shift))
    accuracy = zero_shot_accuracy(clip, samples, num_per_class=1)
    assert set(accuracy) == {'pair', 'whole'}
    for result in accuracy.values():
        # HOIs that come together make a wrong guess right now and then.
        assert result.top1 == pytest.approx(top1, abs=0.1)
        assert result.top5 == pytest.approx(top5, abs=0.1)


def test_pixels():
    samples = MiniCLIPSamples(size=8)
    views = samples.held_out(1, whole=True)[:2]
    images = stack_views(views)
    assert images.shape == (2, 3, 8, 8)
    assert images[1, 2, 3, 4] == pytest.approx(
        views[1].image[3, 4, 2] / 255, abs=1e-6)
    clip = load_open_clip('mmhoi-mini', 'random')
    pixels = normalize_pixels(clip, images)
    for channel in range(3):
        expected = (images[:, channel] - clip.mean[channel])
        torch.testing.assert_close(pixels[:, channel],
                                   expected / clip.std[channel])


def test_shipped_weights_tell_the_interactions_apart():
    clip = load_open_clip('mmhoi-mini')
    accuracy = zero_shot_accuracy(clip, MiniCLIPSamples(clip.image_size), 1)
    # Chance is 1 %.
    assert accuracy['pair'].top1 > 0.25
    assert accuracy['whole'].top5 > 0.25
