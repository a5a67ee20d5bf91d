# Copyright (c) mmhoi contributors.
"""Predict the interactions in a video or the pictures of a camera."""
import argparse
import sys
import time
from contextlib import closing

from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.model_arguments import (add_model_arguments,
                                         parse_model_arguments)
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.termination import raised_by_sigterm
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
The drawn video is OUT_DIR/vis/NAME.mp4, the predictions are
OUT_DIR/preds/NAME.jsonl with one line of json for each frame. A line is on
disk as soon as its frame is done. Stopped with Ctrl-C or SIGTERM, the program
also finishes the video of what it has. After a frame that cannot be read it
goes on. Results of an earlier run are replaced, other files never. Exit
status: 0 if all frames were read that the header of the video names and all is
written, 1 if not, 130 if it was stopped.

examples:
  python demo/video_demo.py clip.mp4 CONFIG CHECKPOINT
  python demo/video_demo.py 0 CONFIG CHECKPOINT --show      # first camera
  python demo/video_demo.py rtsp://camera/live CONFIG CHECKPOINT
"""
MAX_PRINTED = 10


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        'video',
        help='video file of any ending, address of a stream (rtsp://, ...), '
        'or number of a camera')
    add_model_arguments(parser)
    parser.add_argument(
        '--out-dir',
        default='outputs',
        help='folder of the results (default: %(default)s)')
    parser.add_argument(
        '--texts',
        help='own interactions instead of those of the training, separated by '
        '";", or a file of them (.txt with one a line, .json)')
    parser.add_argument(
        '--device', help='cpu, cuda:0, ... (default: a GPU if there is one)')
    parser.add_argument(
        '--batch-size',
        type=int,
        default=1,
        help='frames in one pass (default: %(default)s)')
    parser.add_argument(
        '--amp',
        action='store_true',
        help='mixed precision: bfloat16 on a CPU, float16 on a GPU')
    parser.add_argument(
        '--compile',
        action='store_true',
        help='use torch.compile: minutes for the first image, then faster')
    parser.add_argument(
        '--score-thr',
        type=float,
        default=0.3,
        help='smallest confidence of what is drawn, 0..1 '
        '(default: %(default)s)')
    parser.add_argument(
        '--max-frames',
        type=int,
        help='stop after this many frames (default: at the end)')
    add_font_argument(parser)
    parser.add_argument(
        '--show', action='store_true', help='show the frames in a window')
    parser.add_argument(
        '--no-save-vis', action='store_true', help='write no video')
    parser.add_argument(
        '--no-save-pred', action='store_true', help='write no predictions')
    args = parser.parse_args(argv)
    if args.max_frames is not None and args.max_frames < 1:
        parser.error(f'--max-frames {args.max_frames} must be at least 1')
    parse_model_arguments(parser, args)
    return args


@one_line_errors
def main(argv=None) -> int:
    """Run the demo; returns the exit status."""
    args = parse_args(argv)
    # It takes seconds to import, which --help need not wait for.
    from mmhoi.apis import HOIInferencer
    from mmhoi.utils.frame_sequence import FrameSequence
    video = FrameSequence(
        int(args.video) if args.video.isdecimal() else args.video)
    num_frames, errors, problems, status = 0, [], [], 0
    start = time.time()
    try:
        inferencer = HOIInferencer(
            args.config,
            args.checkpoint,
            device=args.device,
            texts=args.texts,
            amp=args.amp,
            compile=args.compile,
            font=args.font)
        start = time.time()
        results = inferencer.stream(
            video,
            batch_size=args.batch_size,
            show=args.show,
            # As short as a window allows.
            wait_time=0.001,
            no_save_vis=args.no_save_vis,
            pred_score_thr=args.score_thr,
            no_save_pred=args.no_save_pred,
            out_dir=args.out_dir)
        # Closing finishes the files.
        with raised_by_sigterm(KeyboardInterrupt()), closing(results):
            for result in results:
                if result.error is not None:
                    errors.append(result.error)
                    continue
                num_frames += 1
                problems += result.not_written
                if num_frames == args.max_frames:
                    break
    except KeyboardInterrupt:
        print('stopped', file=sys.stderr)
        status = 130
    seconds = time.time() - start
    expected = ''
    if len(video) and args.max_frames is None:
        expected = f' of {len(video)}'
    print(f'{num_frames}{expected} frames in {seconds:.1f} s, '
          f'{num_frames / max(seconds, 1e-9):.2f} a second; results in '
          f'{args.out_dir}')
    for error in errors[:MAX_PRINTED]:
        print(f'not read: {error}', file=sys.stderr)
    if len(errors) > MAX_PRINTED:
        print(
            f'not read: {len(errors) - MAX_PRINTED} more, see "error" in the '
            'predictions',
            file=sys.stderr)
    for problem in problems:
        print(f'not written: {problem}', file=sys.stderr)
    return status or int(bool(errors or problems))


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
