# Copyright (c) mmhoi contributors.
"""What the file of an exported model says beside its graph."""
import json
import math
from dataclasses import asdict, dataclass
from typing import Any, Dict, Optional, Tuple

from mmhoi.utils.kinds import NUMBERS, wrong_kind

#: Key of the metadata of an ONNX file; name of the extra file in a .pt2.
METADATA_KEY = 'mmhoi'
#: Of the graph, in this order.
OUTPUT_NAMES = ('scores', 'confidences', 'obj_scores', 'obj_labels',
                'sub_bboxes', 'obj_bboxes')
FORMAT = 2
_POWERS = ('sub_power', 'obj_power')
_KINDS = {
    '': dict,
    'meta': dict,
    **{
        f'meta.{key}{place}': kind
        for key in ('classes', 'verb_classes', 'hoi_classes', 'hoi_texts')
        for place, kind in (('', list), ('.*', str))
    },
    'hoi_verbs': list,
    'hoi_verbs.*': int,
    'max_per_img': int,
    'pair_nms': dict,
    'pair_nms.*': NUMBERS,
    'weights': str,
    'preprocessing': dict,
    'preprocessing.to_rgb': bool,
    **{f'preprocessing.{key}': int
       for key in ('short', 'max_long', 'clip_size', 'pad_size_divisor')},
    'preprocessing.pad_value': NUMBERS,
    **{
        f'preprocessing.{key}{place}': kind
        for key in ('mean', 'std', 'clip_mean', 'clip_std')
        for place, kind in (('', list), ('.*', NUMBERS))
    },
}  # yapf: disable


@dataclass(frozen=True)
class Preprocessing:
    """How images become inputs of the graph.

    Attributes:
        short (int): Length of the shorter side after DETR's resize.
        max_long (int, optional): Largest length of the longer side.
        to_rgb (bool): Whether channels are R, G, B; else B, G, R.
        mean (tuple[float]): Mean of each channel, for values in 0..255.
        std (tuple[float]): Standard deviation of each channel.
        pad_size_divisor (int): Padded sides are multiples of it.
        pad_value (float): Value of padding after normalisation.
        clip_size (int, optional): Side S of CLIP's view; None if the graph
            has no input for it.
        clip_mean (tuple[float]): Mean of R, G, B of the view, for values in
            0..1.
        clip_std (tuple[float]): Standard deviation of R, G, B.
    """
    short: int
    max_long: Optional[int]
    to_rgb: bool
    mean: Tuple[float, ...]
    std: Tuple[float, ...]
    pad_size_divisor: int
    pad_value: float
    clip_size: Optional[int]
    clip_mean: Tuple[float, ...]
    clip_std: Tuple[float, ...]


@dataclass(frozen=True)
class ModelInfo:
    """All that turns images into inputs, and outputs into predictions.

    Attributes:
        meta (dict): `classes` (O names), `verb_classes` (V), `hoi_classes`
            (H) and, for texts of one's own, `hoi_texts` (H).
        hoi_verbs (tuple[int]): Verb of each HOI, length H.
        preprocessing (Preprocessing): From images to inputs.
        max_per_img (int, optional): As in the head's `test_cfg`.
        pair_nms (dict, optional): Likewise.
        weights (str): SHA-256 of the weights, see `weights_sha256`; '' in
            files of earlier versions.
    """
    meta: Dict[str, Any]
    hoi_verbs: Tuple[int, ...]
    preprocessing: Preprocessing
    max_per_img: Optional[int]
    pair_nms: Optional[Dict[str, float]]
    weights: str = ''

    def to_json(self) -> str:
        """The information as text, for the metadata of a file."""
        return json.dumps(dict(format=FORMAT, **asdict(self)))

    @classmethod
    def from_json(cls, text: str) -> 'ModelInfo':
        """Read what `to_json` has written.

        Args:
            text (str): The text.

        Returns:
            ModelInfo: The information.

        Raises:
            ValueError: If the text is damaged or of another format.
        """
        try:
            fields = json.loads(text)
            found = fields.pop('format')
            if found == FORMAT:
                _check(fields)
                fields['preprocessing'] = Preprocessing(
                    **fields['preprocessing'])
                return cls(**fields)
        except (ArithmeticError, AttributeError, KeyError, TypeError,
                ValueError) as error:
            raise ValueError(f'metadata "{METADATA_KEY}" of the model is '
                             f'damaged ({error}); export it again') from error
        raise ValueError(
            f'metadata "{METADATA_KEY}" of the model has format {found}; this '
            f'version of mmhoi reads format {FORMAT}; export it again')


def _check(fields: Dict[str, Any]) -> None:
    """Refuse values with which no prediction can be made."""
    problem = wrong_kind(fields, _KINDS)
    if problem is not None:
        raise ValueError(problem)
    meta, images = fields['meta'], fields['preprocessing']
    verbs, num_hois = fields['hoi_verbs'], len(meta['hoi_classes'])
    if len(verbs) != num_hois or not meta['classes'] or len(
            meta.get('hoi_texts') or meta['hoi_classes']) != num_hois:
        raise ValueError('it has other numbers of classes at each place')
    if not all(0 <= verb < len(meta['verb_classes']) for verb in verbs):
        raise ValueError('`hoi_verbs` has numbers of no verb')
    unknown = set(fields['pair_nms'] or ()) - {'iou_thr', *_POWERS}
    if unknown:
        raise ValueError(f'`pair_nms` has {", ".join(sorted(unknown))}')
    colours = [images['mean'], images['std']]
    if images['clip_size'] is not None:
        colours += [images['clip_mean'], images['clip_std']]
    if not all(
            len(part) == 3 and all(map(math.isfinite, part))
            for part in colours) or not all(map(all, colours[1::2])):
        raise ValueError('means and deviations of colours are no 3 numbers')
    sizes = [
        images[key]
        for key in ('short', 'max_long', 'clip_size', 'pad_size_divisor')
    ] + [fields['max_per_img']]
    # None stands for no limit.
    if None in (sizes[0], sizes[3],
                images['to_rgb']) or not all(size is None or 0 < size < 2**15
                                             for size in sizes):
        raise ValueError('a size is not in 1..32767')
    if not math.isfinite(images['pad_value']):
        raise ValueError('`preprocessing.pad_value` is no number')
