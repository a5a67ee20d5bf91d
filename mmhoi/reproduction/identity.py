# Copyright (c) mmhoi contributors.
"""What tells results apart: recipe, data and initial weights."""
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

from mmengine.config import Config

from mmhoi.utils.config_variables import runner_entries
from mmhoi.utils.file_hash import file_sha256, file_sign
from mmhoi.utils.listing import shortened
from mmhoi.utils.run_config import load_config_file
from mmhoi.utils.setup_error import SetupError
from .planning import PlannedRun

#: Keys that change speed, logs and places, and not what is learned.
_NO_MATTER = frozenset({
    'data_root', 'work_dir', 'num_workers', 'persistent_workers',
    'prefetch_factor', 'pin_memory', 'serialize_data', 'out_dir'
})
_ENTRIES_NO_MATTER = frozenset({
    'randomness', 'launcher', 'resume', 'visualizer', 'log_level',
    'log_processor', 'env_cfg', 'cfg', 'experiment_name'
})
_HOOKS_NO_MATTER = frozenset(
    {'timer', 'logger', 'checkpoint', 'visualization'})
#: The model whose weights come with the package, and the file of these.
_MINI_CLIP = ('mmhoi-mini', 'mini/mini_clip.safetensors')


@dataclass(frozen=True)
class Identity:
    """What two results share that may stand in one table.

    Attributes:
        recipe (str): Hash of the resolved config without paths, seed, workers
            and logs; of a run of several processes with the batch of all.
        data (dict[str, str]): Hashes of the annotation files by their names.
        weights (dict[str, str]): Signs of files with initial weights.
    """
    recipe: str
    data: Dict[str, str]
    weights: Dict[str, str]

    def as_dict(self) -> Dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def differences(self, other: Dict[str, Any]) -> List[str]:
        """Name what another result has that is not this one's.

        Args:
            other (dict): Of `as_dict`, read from a file.

        Returns:
            list[str]: Such as 'another recipe'; empty if nothing is.
        """
        names = []
        if other.get('data') != self.data:
            names.append(
                _changed('another data set', self.data,
                         other.get('data') or {}))
        if other.get('weights') != self.weights:
            names.append(
                _changed('other initial weights', self.weights,
                         other.get('weights') or {}))
        if other.get('recipe') != self.recipe:
            names.append('another recipe')
        return names


class Identifier:
    """Reads what runs are made of, each file once.

    Args:
        num_processes (int): Processes that share the steps of a run.
        prepare (str): How the data are made, for messages.
    """

    def __init__(self, num_processes: int, prepare: str) -> None:
        self.num_processes = num_processes
        self.prepare = prepare
        self._configs: Dict[str, Config] = {}
        self._identities: Dict[str, Identity] = {}
        self._hashes: Dict[Path, str] = {}

    def identify(self, run: PlannedRun) -> Identity:
        """Read what a run is made of.

        Args:
            run (PlannedRun): The run.

        Returns:
            Identity: The identity, which all seeds share.

        Raises:
            SetupError: If the config cannot be read, or data are missing.
        """
        key = self._key(run)
        if key not in self._identities:
            cfg = self._read(run)
            weights = _weights(cfg)
            if run.weights_of is not None:
                trained = self.identify(run.weights_of)
                weights = {**trained.weights, 'trained': trained.recipe}
            self._identities[key] = Identity(
                recipe_hash(cfg, self.num_processes), self._data(run, cfg),
                weights)
        return self._identities[key]

    def last_step(self, run: PlannedRun) -> Tuple[str, int]:
        """The epoch or iteration with which a training ends.

        Args:
            run (PlannedRun): The training.

        Returns:
            tuple[str, int]: `epoch` or `iter`, and its number.
        """
        loop = self._read(run).train_cfg
        if loop.get('max_epochs') is not None:
            return 'epoch', loop['max_epochs']
        return 'iter', loop['max_iters']

    def _key(self, run: PlannedRun) -> str:
        return (f'{run.config} {run.weights_of is None} '
                f'{json.dumps(run.options, sort_keys=True)}')

    def _read(self, run: PlannedRun) -> Config:
        key = self._key(run)
        if key not in self._configs:
            self._configs[key] = load_config_file(run.config, run.options)
        return self._configs[key]

    def _data(self, run: PlannedRun, cfg: Config) -> Dict[str, str]:
        """Hashes of the annotation files."""
        data = {}
        for part in ('train', 'val', 'test'):
            for path in _annotations(cfg.get(f'{part}_dataloader')):
                if not path.is_file():
                    raise SetupError(
                        f'"{path}", which {run.config.stem} names, does not '
                        f'exist: {self.prepare}')
                if path not in self._hashes:
                    self._hashes[path] = file_sha256(path)[:16]
                data['/'.join(path.parts[-2:])] = self._hashes[path]
        return data


def matters(key: str) -> bool:
    """Whether a config option changes what is learned.

    Args:
        key (str): The option with dots.

    Returns:
        bool: False if it changes speed, logs or places only.

    Examples:
        >>> matters('train_cfg.max_epochs'), matters('data_root')
        (True, False)
    """
    parts = key.split('.')
    return not (parts[-1] in _NO_MATTER or parts[0] in _ENTRIES_NO_MATTER
                or parts[0] == 'default_hooks' and len(parts) > 1
                and parts[1] in _HOOKS_NO_MATTER)


def recipe_hash(cfg: Config, num_processes: int = 1) -> str:
    """Hash of what a config does.

    Args:
        cfg (Config): A resolved config.
        num_processes (int): Processes that share its steps. Defaults to 1.

    Returns:
        str: 16 hexadecimal digits.

    Examples:
        >>> one = Config(dict(train_dataloader=dict(batch_size=8)))
        >>> other = Config(dict(train_dataloader=dict(batch_size=4,
        ...                                           num_workers=3)))
        >>> recipe_hash(one) == recipe_hash(other)
        False
        >>> recipe_hash(one) == recipe_hash(other, num_processes=2)
        True
    """
    entries = runner_entries() - _ENTRIES_NO_MATTER
    kept = {key: _bare(cfg[key]) for key in sorted(entries.intersection(cfg))}
    hooks = kept.pop('default_hooks', None) or {}
    kept['default_hooks'] = {
        name: hook
        for name, hook in hooks.items() if name not in _HOOKS_NO_MATTER
    }
    loader = kept.get('train_dataloader') or {}
    if 'batch_size' in loader:
        loader['batch_size'] *= num_processes
    text = json.dumps(kept, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _bare(node: Any) -> Any:
    """A part of a config without places, as plain Python."""
    if isinstance(node, dict):
        return {
            key: _bare(value)
            for key, value in node.items() if key not in _NO_MATTER
        }
    if isinstance(node, (list, tuple)):
        return [_bare(value) for value in node]
    # The same file, wherever it lies.
    return Path(node).name if isinstance(node, str) and '/' in node else node


def _annotations(node: Any) -> Iterator[Path]:
    """Annotation files of the data sets below a node."""
    if isinstance(node, dict):
        if isinstance(node.get('ann_file'), str) and node['ann_file']:
            yield Path(node.get('data_root') or '', node['ann_file'])
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from _annotations(part)


def _weights(cfg: Config) -> Dict[str, str]:
    """Signs of the files with weights that a config names."""
    # It takes seconds to import, which --help need not wait for.
    from mmhoi.checkpoints.packaged import ASSETS, PREFIX
    found = {}
    name, clip = _MINI_CLIP
    for text in _texts([cfg.get('model'), cfg.get('load_from')]):
        path = Path(text)
        if text.startswith(PREFIX) or text == name:
            path = ASSETS / (clip if text == name else text[len(PREFIX):])
        if path.suffix in ('.pth', '.pt', '.safetensors') and path.is_file():
            found[path.name] = file_sign(path)
    return found


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from _texts(list(node.values()))
    elif isinstance(node, (list, tuple)):
        for part in node:
            yield from _texts(part)


def _changed(what: str, here: Dict[str, str], there: Dict[str, str]) -> str:
    names = sorted(key for key in {*here, *there}
                   if here.get(key) != there.get(key))
    return f'{what} ({shortened(names, 3)})'
