# Copyright (c) mmhoi contributors.
"""Variables of config files: an override takes effect, or is refused.

A config such as ::

    data_root = 'data/mine/'
    train_dataloader = dict(dataset=dict(data_root=data_root))

is executed before anybody can change it: a later `data_root` reaches nothing.
"""
import ast
import inspect
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterator, List, Optional, Set, Tuple
from unittest import mock

from mmengine.config import Config
from mmengine.config import config as config_reading
from mmengine.utils import import_modules_from_strings

from .config_execution import execute_config
from .kinds import shown
from .known_keys import nearest
from .setup_error import SetupError
from .text_files import read_text

#: Entries that mmengine reads beside the arguments of its runner.
_OTHER_ENTRIES = ('auto_scale_lr', 'custom_imports', 'find_unused_parameters',
                  'runner_type')
#: What mmengine replaces before a text is Python. Braces alone may be dicts.
_VALUE = re.compile(r'\{\{\s*(_base_\.[\w.]+|file\w+)\s*\}\}')
_OF_ENVIRONMENT = re.compile(r'''\{\{['"]?\s*\$\w+\s*:\s*\S*?\s*['"]?\}\}''')


@lru_cache(maxsize=None)
def runner_entries() -> FrozenSet[str]:
    """Name the top-level entries of a config that a run reads.

    All other names are variables, which only the config itself can use.

    Returns:
        frozenset[str]: Their names.
    """
    from mmengine.runner import FlexibleRunner, Runner
    names = {
        name
        for runner in (Runner, FlexibleRunner)
        for name in inspect.signature(runner.__init__).parameters
    }
    return frozenset(names - {'self', 'cfg'}) | frozenset(_OTHER_ENTRIES)


def read_config(path: Path, options: Optional[Dict[str, Any]]) -> Config:
    """Read a config file, with options for its entries and variables.

    Args:
        path (Path): The file.
        options (dict, optional): Values by dotted keys, as `--cfg-options`
            gives them. Those of variables are put in where the files assign
            them, so that what is made of them changes too.

    Returns:
        Config: The config.

    Raises:
        SetupError: If a file cannot be executed, or nothing reads an option
            or a variable of a file.
    """
    cfg = execute_config(path)
    files = _inheritance(path)
    _refuse_idle_variables(files, cfg)
    entries, variables = {}, {}
    for key, value in (options or {}).items():
        top = key.split('.')[0]
        if top in runner_entries():
            entries[key] = value
        else:
            _check_variable(key, top, cfg, files)
            variables[key] = value
    if variables:
        setter = type('Setter', (_VariableSetter, ), dict(values=variables))
        # mmengine has no hook between reading a file and executing it.
        with mock.patch.object(config_reading, 'RemoveAssignFromAST', setter):
            try:
                cfg = Config.fromfile(path)
            except Exception as error:
                raise SetupError(
                    f'"{path}" cannot be executed with --cfg-options '
                    f'{variables}: {error}') from error
    merge_options(cfg, entries)
    if any(key.split('.')[0] == 'custom_imports' for key in entries):
        # mmengine imports only what the file itself names.
        try:
            import_modules_from_strings(**cfg.custom_imports)
        except ImportError as error:
            raise SetupError(f'`custom_imports` of --cfg-options: {error}') \
                from error
    return cfg


def merge_options(cfg: Config, options: Dict[str, Any]) -> None:
    """Change entries of a config.

    Args:
        cfg (Config): The config; it is changed.
        options (dict): Values by dotted keys.

    Raises:
        SetupError: If a key leads nowhere.

    Examples:
        >>> cfg = Config(dict(model=dict(depth=50)))
        >>> merge_options(cfg, {'model.depth': 101})
        >>> cfg.model.depth
        101
    """
    for key, value in options.items():
        try:
            cfg.merge_from_dict({key: value})
        # Its messages are about the code of configs.
        except (TypeError, ValueError, LookupError, AttributeError,
                AssertionError) as error:
            raise SetupError(
                f'the option `{key}` of --cfg-options cannot be '
                f'{shown(value)} there ({error}); correct it') from error


class _VariableSetter(config_reading.RemoveAssignFromAST):
    """Puts values behind the assignments to variables of a config's code."""

    values: Dict[str, Any] = {}

    def visit_Assign(self, node: ast.Assign) -> Any:
        if super().visit_Assign(node) is None:
            return None
        names = {t.id for t in node.targets if isinstance(t, ast.Name)}
        return [node] + [
            ast.copy_location(statement, node)
            for key, value in self.values.items() if key.split('.')[0] in names
            for statement in _assignment(key, value)
        ]


def _assignment(key: str, value: Any) -> List[ast.stmt]:
    """Code that sets what a dotted key names."""
    top, *inner = key.split('.')
    for part in inner[:-1]:
        top += f'[{part}]' if part.isdigit(
        ) else f'.setdefault({part!r}, {{}})'
    if inner:
        last = inner[-1]
        top += f'[{last}]' if last.isdigit() else f'[{last!r}]'
    return [
        ast.fix_missing_locations(statement)
        for statement in ast.parse(f'{top} = {value!r}').body
    ]


def _check_variable(key: str, top: str, cfg: Config,
                    files: List[Tuple[Path, ast.Module]]) -> None:
    if top not in cfg:
        raise SetupError(
            f'nothing reads the option `{key}` of --cfg-options: the config '
            f'has no `{top}`{nearest(top, {*cfg, *runner_entries()})}')
    if not any(top in _used(tree) | _used_of_bases(tree) for _, tree in files):
        raise SetupError(
            f'the option `{key}` of --cfg-options has no effect: `{top}` is a '
            'variable, and no file of the config uses it'
            f'{_places(cfg, key.split(".")[-1])}')


def _refuse_idle_variables(files: List[Tuple[Path, ast.Module]],
                           cfg: Config) -> None:
    """Refuse variables that a file of the config sets for nobody.

    A file without base may be a dumped config, whose variables have done
    their work; there only a name like that of an entry is suspicious.
    """
    used: Set[str] = set()
    # From the file itself down to its bases: who inherits can use a variable.
    for path, tree in reversed(files):
        assigned = _assigned(tree)
        used |= _used(tree)
        for name in sorted(assigned - runner_entries() - used):
            alike = nearest(name, runner_entries(), cutoff=0.85)
            if not name.startswith('_') and ('_base_' in assigned or alike):
                hint = _places(cfg, name) or nearest(
                    name, {*cfg, *runner_entries()} - {name})
                raise SetupError(
                    f'`{name}` in "{path}" has no effect: it is no entry of a '
                    'config, and nothing uses it as a variable (inherited '
                    f'files have used theirs already){hint}')
        used |= _used_of_bases(tree)


def _places(cfg: Config, name: str) -> str:
    """Words that name entries of a config with a key of this name."""
    found = [
        key for key in _dotted_keys(cfg, '')
        if key.endswith(f'.{name}') and key.split('.')[0] in runner_entries()
    ]
    return f'; set instead: {", ".join(found[:6])}' if found else ''


def _dotted_keys(node: Any, prefix: str) -> Iterator[str]:
    pairs = node.items() if isinstance(node, (dict, Config)) else (
        enumerate(node) if isinstance(node, (list, tuple)) else ())
    for key, value in pairs:
        yield f'{prefix}{key}'
        yield from _dotted_keys(value, f'{prefix}{key}.')


def _assigned(tree: ast.Module) -> Set[str]:
    """Names that a config's code assigns at its top."""
    return {
        target.id
        for node in tree.body if isinstance(node, ast.Assign)
        for target in node.targets if isinstance(target, ast.Name)
    }


def _used(tree: ast.Module) -> Set[str]:
    """Names that a config's code uses."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }


def _used_of_bases(tree: ast.Module) -> Set[str]:
    """Names behind `_base_.`, which a config's code uses."""
    return {
        node.attr
        for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }


def _inheritance(path: Path) -> List[Tuple[Path, ast.Module]]:
    """The code of a config's Python files, bases first."""
    if path.suffix != '.py':
        return []
    text = read_text(path)
    tree = ast.parse(_OF_ENVIRONMENT.sub(' 0 ', _VALUE.sub(r' \1 ', text)))
    bases = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and '_base_' in {
                t.id
                for t in node.targets if isinstance(t, ast.Name)
        }:
            named = ast.literal_eval(node.value)
            bases = [named] if isinstance(named, str) else named
    files = []
    for base in bases:
        if '::' not in base:
            files += _inheritance(path.parent / base)
    return files + [(path, tree)]
