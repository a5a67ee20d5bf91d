#!/usr/bin/env python3
# Copyright (c) mmhoi contributors.
"""Tell what mmhoi takes from mmdet, and how much code that is.

Two Markdown tables: what files import, and the classes that configs and files
name as `mmdet.X`. Lines are those of a class with its bases in mmdet, or of a
function, without comments, docstrings and blank lines; what several names
share counts once in the sum.
"""
import argparse
import ast
import inspect
import re
import textwrap
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any, Dict, Iterator, List, Set, Tuple

ROOT = Path(__file__).resolve().parents[1]
CODE = 'mmhoi', 'tools', 'demo', 'projects', 'benchmarks'
NAMED = re.compile(r"['\"]mmdet\.(\w+)['\"]")

Uses = Dict[Any, Set[str]]


def statements(path: Path) -> Iterator[Tuple[str, List[str]]]:
    """Module and names of each statement that imports from mmdet."""
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.ImportFrom) and not node.level and (
                node.module or '').split('.')[0] == 'mmdet':
            yield node.module, [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split('.')[0] == 'mmdet':
                    yield alias.name, []


def files(*folders: str) -> Iterator[Path]:
    """Python files of folders of the repository, without links."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob('*.py')):
            if '.mim' not in path.parts:
                yield path


def imports() -> Tuple[int, Uses]:
    """Number of statements, and the files that import a name of a module."""
    count, found = 0, defaultdict(set)
    for path in files(*CODE):
        for module, names in statements(path):
            count += 1
            for name in names:
                found[module, name].add(path.relative_to(ROOT).as_posix())
    return count, found


def named_classes() -> Uses:
    """The files that name a class of mmdet's scope."""
    found = defaultdict(set)
    for path in files('configs', *CODE):
        for name in NAMED.findall(path.read_text(encoding='utf-8')):
            found[name].add(path.relative_to(ROOT).as_posix())
    return found


def registered(name: str) -> Any:
    """What mmdet has registered under a name; None if nothing."""
    from mmdet import registry
    from mmengine.registry import Registry
    return next(
        (value.module_dict[name]
         for value in vars(registry).values() if isinstance(value, Registry)
         and value.scope == 'mmdet' and name in value.module_dict), None)


def sources(item: Any) -> Dict[str, int]:
    """Lines of code of a class and its bases in mmdet, or of a function."""
    kin = item.__mro__ if inspect.isclass(item) else (item, )
    return {
        f'{one.__module__}.{one.__qualname__}':
        code_lines(inspect.getsource(one))
        for one in kin
        if str(getattr(one, '__module__', '')).startswith('mmdet')
        and hasattr(one, '__qualname__')
    }


def code_lines(source: str) -> int:
    """Lines without comments, docstrings and blank ones.

    Examples:
        >>> code_lines('def f():\\n    "What."\\n\\n    # Why.\\n    return 1')
        2
    """
    tree = ast.parse(textwrap.dedent(source))
    for node in ast.walk(tree):
        if getattr(node, 'body', None) and isinstance(
                node, (ast.ClassDef, ast.FunctionDef,
                       ast.Module)) and (ast.get_docstring(node) is not None):
            node.body[0] = ast.Pass()
    lines = ast.unparse(tree).splitlines()
    return sum(line.strip() not in ('', 'pass') for line in lines)


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    import importlib

    from mmhoi.setup_env import register_all_modules
    register_all_modules()
    count, imported = imports()
    named, total = named_classes(), {}

    print(f'{count} statements import {len(imported)} names:\n')
    print('| module | name | lines | files |\n| --- | --- | ---: | --- |')
    for (module, name), users in sorted(imported.items()):
        item = getattr(importlib.import_module(module), name)
        lines = {} if isinstance(item, ModuleType) else sources(item)
        total.update(lines)
        print(f'| {module} | {name} | {sum(lines.values()) or "-"} | '
              f'{", ".join(sorted(users))} |')
    print(f'\n{len(named)} classes are named:\n')
    print('| class | lines | files |\n| --- | ---: | --- |')
    for name, users in sorted(named.items()):
        item = registered(name)
        lines = sources(item) if item else {}
        total.update(lines)
        shown = sorted(users)[:2] + ['...'] * (len(users) > 2)
        print(f'| {name} | {sum(lines.values()) or "-"} | '
              f'{len(users)}: {", ".join(shown)} |')
    print(f'\n{sum(total.values())} lines of code in {len(total)} classes '
          'and functions')


if __name__ == '__main__':
    main()
