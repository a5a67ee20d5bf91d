# Copyright (c) mmhoi contributors.
import argparse
import sys
from pathlib import Path

from mmengine.config import DictAction
from mmengine.fileio import dump

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.output_files import add_overwrite_argument, check_outputs
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.text_files import open_to_write
from mmhoi.utils.utf8 import use_utf8

ENDINGS = ('.py', '.json', '.yml', '.yaml')


def parse_args():
    parser = argparse.ArgumentParser(
        description='Print a config with everything that it inherits.')
    parser.add_argument('config', help='config file')
    parser.add_argument(
        '--save-path',
        metavar='FILE',
        help='also write it to this .py, .json or .yml file')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config')
    add_overwrite_argument(parser)
    args = parser.parse_args()
    if args.save_path and Path(args.save_path).suffix not in ENDINGS:
        parser.error(f'--save-path {args.save_path}: the name must end in '
                     f'{", ".join(ENDINGS)}')
    return args


@one_line_errors
def main():
    args = parse_args()
    check_outputs(args, '--save-path')
    cfg = load_config_file(args.config, args.cfg_options)
    print(cfg.pretty_text)
    if args.save_path is not None:
        ending = Path(args.save_path).suffix
        with open_to_write(args.save_path) as file:
            file.write(cfg.pretty_text if ending ==
                       '.py' else dump(cfg.to_dict(), file_format=ending[1:]))


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
