# Copyright (c) mmhoi contributors.
"""What tools/train.py and tools/test.py share: arguments and the config."""
import difflib
import os
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Union

from mmengine.config import Config, DictAction

from .config_kinds import check_config_kinds
from .config_variables import read_config
from .output_files import WRITTEN_KEYS, check_config_outputs, same_file
from .picture_settings import use_own_visualization
from .setup_error import SetupError


def add_run_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that training and testing have in common.

    Args:
        parser (ArgumentParser): The parser to add them to.
    """
    parser.add_argument(
        '--work-dir',
        help='folder for logs and results; default: work_dir of the config, '
        'else ./work_dirs/<name of the config>')
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=DictAction,
        metavar='KEY=VALUE',
        help='override settings of the config: nested keys with dots, lists '
        'as key="[a,b]" or key=a,b, nested ones as key="[(a,b),(c,d)]" '
        '(quoted, without blanks)')
    parser.add_argument(
        '--launcher',
        choices=['none', 'pytorch', 'slurm', 'mpi'],
        default='none',
        help='job launcher of a distributed run; default: none')
    # torch.distributed.launch passes it in one of these two spellings.
    parser.add_argument(
        '--local_rank',
        '--local-rank',
        type=int,
        default=0,
        help='set by the launcher')


def load_run_config(args: Namespace) -> Config:
    """Read the config file of a run and apply the command line to it.

    Args:
        args (Namespace): `config` and what `add_run_arguments` adds.

    Returns:
        Config: The config. Its `work_dir` is set and can be written to.

    Raises:
        FileNotFoundError: If there is no such config file.
        PermissionError: If nothing can be written to the work dir.
        SetupError: If the config names a file both to read and to write, or a
            data loader cannot be as it says.
    """
    if args.launcher != 'none':
        os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    cfg = load_config_file(args.config, args.cfg_options)
    cfg.launcher = args.launcher
    cfg.work_dir = args.work_dir or cfg.get('work_dir') or os.path.join(
        '.', 'work_dirs',
        Path(args.config).stem)
    check_writable(cfg.work_dir, '--work-dir')
    _fit_loaders(cfg)
    _name_train_loop(cfg)
    use_own_visualization(cfg)
    check_config_outputs(cfg, [args.config, *files_of_config(cfg)])
    _keep_config_file(cfg, args.config)
    return cfg


def _fit_loaders(cfg: Config) -> None:
    """Check sizes; leave out what PyTorch refuses without workers."""
    for part in ('train', 'val', 'test'):
        loader = cfg.get(f'{part}_dataloader') or {}
        for key, least in (('batch_size', 1), ('num_workers', 0)):
            value = loader.get(key, least)
            if type(value) is not int or value < least:
                raise SetupError(
                    f'{part}_dataloader.{key}={value!r} must be a whole '
                    f'number of at least {least}')
        if loader.get('num_workers', 0) == 0:
            for key in ('persistent_workers', 'prefetch_factor', 'timeout'):
                loader.pop(key, None)


def _name_train_loop(cfg: Config) -> None:
    """Let old configs, with `by_epoch`, have the loops of this package."""
    train_cfg = cfg.get('train_cfg') or {}
    if 'by_epoch' in train_cfg and 'type' not in train_cfg:
        kind = 'Epoch' if train_cfg.pop('by_epoch') else 'Iter'
        train_cfg.type = f'mmhoi.{kind}BasedTrainLoop'


def files_of_config(cfg: Config) -> List[str]:
    """Files that a config names: annotations, classes, checkpoints, ...

    Args:
        cfg (Config): The config.

    Returns:
        list[str]: Those that exist, without files to write. Names in a data
        set are looked for below its `data_root`.
    """
    return sorted(set(filter(os.path.isfile, _texts(cfg, ''))))


def image_folders(cfg: Config) -> List[str]:
    """Folders from which the data sets of a config read images.

    Args:
        cfg (Config): The config.

    Returns:
        list[str]: Those that exist.
    """
    return sorted(
        set(filter(os.path.isdir, _texts(cfg, '', only='data_prefix'))))


def _texts(node: Any, root: str, only: Optional[str] = None) -> Iterator[str]:
    """Texts of a config that may be paths; `only` those below a key."""
    if isinstance(node, str) and only is None:
        yield from (node, os.path.join(root, node))
    elif isinstance(node, (list, tuple)):
        for part in node:
            yield from _texts(part, root, only)
    elif isinstance(node, dict):
        root = node.get('data_root') or root
        for key, value in node.items():
            if key not in WRITTEN_KEYS:
                yield from _texts(value, root, None if key == only else only)


def _keep_config_file(cfg: Config, path: str) -> None:
    """Have a config that lies in the work dir not replaced by its dump."""
    if same_file(path, os.path.join(cfg.work_dir, os.path.basename(path))):
        # Then the runner names its dump by the time.
        object.__setattr__(cfg, '_filename', None)
        cfg.setdefault('experiment_name', Path(path).stem)


def load_config_file(path: Union[str, Path],
                     options: Optional[Dict[str, Any]] = None) -> Config:
    """Read a config file.

    Args:
        path (str | Path): The file.
        options (dict, optional): Values by dotted keys (`--cfg-options`), of
            entries or of variables that the file uses. Defaults to None.

    Returns:
        Config: The config.

    Raises:
        FileNotFoundError: If there is no such file. It names similar ones.
        SetupError: If it begins with a byte order mark, an entry is of a
            wrong type, or nothing reads an option, or a variable of the
            file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f'config file "{path}" does not exist{_similar(path)}')
    with path.open('rb') as file:
        if file.read(2) in (b'\xef\xbb', b'\xff\xfe', b'\xfe\xff'):
            raise SetupError(f'config file "{path}" begins with a byte order '
                             'mark, which MMEngine cannot read; save it as '
                             'UTF-8 without one')
    cfg = read_config(path, options)
    check_config_kinds(cfg, path)
    return cfg


def check_writable(folder: str, option: str) -> None:
    """Make sure that a folder exists and that files can be made in it.

    Args:
        folder (str): The folder; it is made if it does not exist.
        option (str): Command line option that names another folder.

    Raises:
        PermissionError: If the folder cannot be made or written to.
    """
    try:
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise PermissionError(
            f'cannot write to the folder "{folder}" ({error.strerror}); '
            f'choose another one with {option}') from error


def check_checkpoint(path: str, remedy: str) -> None:
    """Make sure that a checkpoint exists before a model is built for it.

    Args:
        path (str): A file, or an address such as `https://...`, which is not
            looked at.
        remedy (str): What the user can do, for the message.

    Raises:
        FileNotFoundError: If there is no such file.
    """
    if '://' not in path and not Path(path).expanduser().is_file():
        raise FileNotFoundError(
            f'checkpoint "{path}" does not exist; {remedy}')


def _similar(path: Path) -> str:
    """Name the place that a missing config has now, or similar files."""
    moved = sorted(map(str, path.parent.rglob(path.name)))
    if moved:
        return f'; it is {" and ".join(moved)}'
    names = [str(p) for p in path.parent.glob('*.py')]
    close = difflib.get_close_matches(str(path), names)
    return f'; did you mean {" or ".join(close)}?' if close else ''
