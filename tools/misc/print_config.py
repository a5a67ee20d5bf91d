# Copyright (c) mmhoi contributors.
import argparse
import sys

from mmengine.config import DictAction

from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.run_config import load_config_file


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
    return parser.parse_args()


@one_line_errors
def main():
    args = parse_args()
    cfg = load_config_file(args.config, args.cfg_options)
    print(cfg.pretty_text)
    if args.save_path is not None:
        cfg.dump(args.save_path)


if __name__ == '__main__':
    sys.exit(main())
