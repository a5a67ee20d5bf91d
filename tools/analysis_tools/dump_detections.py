# Copyright (c) mmhoi contributors.
"""Write the boxes that a detector finds in the images of a data set."""
import argparse
import copy
import os.path as osp
import sys
from pathlib import Path

from mmengine.config import Config, DictAction

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.utf8 import use_utf8

ENDINGS = ('.json', '.npz')
_EPILOG = """\
Two-stage models read the file with the transform LoadDetections, the
inferencer with boxes=FILE; see docs/en/user_guides/external_boxes.md.

examples:
  python tools/analysis_tools/dump_detections.py \\
      configs/detr/detr_mini_synhico.py \\
      mmhoi://mini/mini_detector.safetensors --out boxes_test.npz
  python tools/analysis_tools/dump_detections.py CONFIG CHECKPOINT \\
      --dataset-split train --score-thr 0.05 --out boxes_train.npz

exit status: 0 done, 1 if something cannot be read or written, 2 wrong
arguments.
"""


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help="config of a detector in mmdet's style")
    parser.add_argument('checkpoint', help='checkpoint file or address')
    parser.add_argument(
        '--out', required=True, metavar='FILE', help='a .json or .npz')
    parser.add_argument(
        '--dataset-split',
        choices=('test', 'train'),
        default='test',
        help='whose images of the config (default: %(default)s); those of '
        'training are not augmented, and none is left out')
    parser.add_argument(
        '--score-thr',
        type=float,
        default=0.,
        help='smallest score, 0..1, of boxes that are written '
        '(default: %(default)s)')
    parser.add_argument(
        '--device', help='cpu, cuda:0, ... (default: a GPU if there is one)')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config')
    add_overwrite_argument(parser)
    args = parser.parse_args(argv)
    if Path(args.out).suffix not in ENDINGS:
        parser.error(f'--out {args.out}: the name must end in '
                     f'{" or ".join(ENDINGS)}')
    if not 0 <= args.score_thr <= 1:
        parser.error(f'--score-thr {args.score_thr} must be in 0..1')
    return args


def build_loader(cfg: Config, split: str):
    """Data loader of the images as the config tests them."""
    from mmengine.runner import Runner
    loader_cfg = copy.deepcopy(cfg.test_dataloader)
    if split == 'train':
        pipeline = loader_cfg.dataset.pipeline
        loader_cfg.dataset = copy.deepcopy(cfg.train_dataloader.dataset)
        # Nothing is dropped in testing.
        loader_cfg.dataset.update(pipeline=pipeline, test_mode=True)
    return Runner.build_dataloader(loader_cfg)


def load_detector(cfg: Config, checkpoint: str, classes, device: str):
    """The detector with its weights, ready to predict."""
    from mmhoi.checkpoints import build_model, read_checkpoint
    from mmhoi.checkpoints.detector_classes import check_detector_classes
    from mmhoi.utils.devices import check_device
    check_device(device)
    weights = read_checkpoint(checkpoint)
    model = build_model(cfg.model, weights)
    head = getattr(model, 'bbox_head', None)
    found = getattr(head, 'num_classes', None)
    if hasattr(model, 'hoi_head') or found is None:
        raise ValueError(f'{type(model).__name__} is no detector of objects; '
                         'give the config of one, such as mmdet.DETR')
    if found != len(classes):
        raise ValueError(
            f'the detector has {found} classes and its data set '
            f'{len(classes)}; labels would be names of other objects')
    check_detector_classes(weights, classes)
    return model.to(device).eval()


def dump(args: argparse.Namespace) -> None:
    """Run the detector, and say what was done."""
    import torch

    from mmhoi.annotations.detection_files import Detections, write_detections
    from mmhoi.setup_env import register_all_modules
    from mmhoi.utils.progress import tqdm
    from mmhoi.utils.unread_images import tell_unread
    register_all_modules()
    cfg = load_config_file(args.config, args.cfg_options)
    check_outputs(args, '--out')
    loader = build_loader(cfg, args.dataset_split)
    dataset = loader.dataset
    classes = dataset.metainfo['classes']
    device = args.device or ('cuda:0' if torch.cuda.is_available() else 'cpu')
    model = load_detector(cfg, args.checkpoint, classes, device)
    folder = dataset.data_prefix.get('img_path', '')
    names, detections, unread = [], [], []
    with torch.no_grad(), tqdm(total=len(dataset), unit=' images') as bar:
        for batch in loader:
            for sample in model.test_step(batch):
                found = sample.pred_instances
                found = found[found.scores >= args.score_thr].numpy()
                if getattr(sample, 'img_unreadable', False):
                    unread.append(sample.img_path)
                names.append(osp.relpath(sample.img_path, folder))
                detections.append(
                    Detections(found.bboxes, found.labels, found.scores))
                bar.update()
    write_detections(Path(args.out), classes, names, detections)
    print(f'{sum(len(found.boxes) for found in detections)} boxes of '
          f'{len(names)} images in {args.out}')
    tell_unread(unread, len(dataset))


@one_line_errors
def main(argv=None) -> int:
    """Run the tool; returns the exit status."""
    args = parse_args(argv)
    dump(args)
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
