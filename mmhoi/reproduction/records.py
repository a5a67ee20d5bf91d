# Copyright (c) mmhoi contributors.
"""The folder of results: one file for each cell and seed."""
import time
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

from mmhoi.utils.listing import shortened
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import TextFileError, read_json, write_json
from .identity import Identity
from .planning import Place, PlannedRun
from .summary import STEP

#: In the folder of a run: what has begun there.
BEGUN = 'reproduce.json'
_KINDS = dict(
    run=str, metrics=dict, recipe=str, data=dict, weights=dict, commits=list)


class Results:
    """A folder of results.

    `OUT/<table>/<row>_<setting>_seed<k>.json` has a result, `OUT/runs/<run>/`
    is a work dir. Results without work dirs are results all the same.

    Args:
        out (Path): The folder.
    """

    def __init__(self, out: Path) -> None:
        self.out = out

    def folder(self, run: PlannedRun) -> Path:
        """Work dir of a run."""
        return self.out / 'runs' / run.name

    def path(self, place: Place) -> Path:
        """File of a result."""
        return (self.out / place.table /
                f'{place.row}_{place.setting}_seed{place.seed}.json')

    def read(self, place: Place) -> Optional[Dict[str, Any]]:
        """A result; None if there is none.

        Args:
            place (Place): The cell.

        Raises:
            SetupError: If the file is damaged.
        """
        path = self.path(place)
        if not path.is_file():
            return None
        try:
            record = read_json(path)
        except TextFileError as error:
            raise SetupError(f'"{path}": {error}; delete it, then its run is '
                             'looked at again') from error
        if not _is_result(record):
            raise SetupError(f'"{path}" is no result of this tool; choose '
                             'another --out, or move it')
        named = [record.get(key) for key in Place._fields]
        if named != list(place):
            raise SetupError(f'"{path}" is the result of {named}, as it says '
                             'itself; give it its name again, or move it')
        return record

    def done(self, run: PlannedRun) -> Optional[Dict[str, Any]]:
        """The result of a run from any of its places; None if it has none."""
        records = (self.read(place) for place in run.places)
        return next((r for r in records if r is not None), None)

    def begun(self, run: PlannedRun) -> Optional[Dict[str, Any]]:
        """What has begun in the work dir of a run; None if nothing has."""
        path = self.folder(run) / BEGUN
        try:
            content = read_json(path) if path.is_file() else {'commits': []}
            own = isinstance(content.get('commits'), list)
        except (TextFileError, AttributeError):
            own = False
        if not own:
            raise SetupError(f'"{path}" is damaged; move its folder')
        return content if path.is_file() else None

    def begin(self, run: PlannedRun, identity: Identity,
              commit: Dict[str, Any]) -> None:
        """Note what begins or goes on in the work dir of a run.

        Args:
            run (PlannedRun): The run.
            identity (Identity): What it is made of.
            commit (dict): Of :func:`read_commit`.
        """
        before = self.begun(run) or {}
        commits = before.get('commits', [])
        if commit not in commits:
            commits = [*commits, commit]
        write_json(
            self.folder(run) / BEGUN,
            dict(
                identity.as_dict(),
                options=run.options,
                commits=commits,
                seconds=before.get('seconds', 0.)),
            indent=1)

    def add_time(self, run: PlannedRun, seconds: float) -> None:
        """Add the time of an attempt."""
        begun = self.begun(run) or {}
        begun['seconds'] = round(begun.get('seconds', 0.) + seconds, 1)
        write_json(self.folder(run) / BEGUN, begun, indent=1)

    def write(self, run: PlannedRun, record: Dict[str, Any]) -> None:
        """Write a result to the places of its run that lack it.

        Args:
            run (PlannedRun): The run.
            record (dict): Its result.
        """
        for place in run.places:
            content = dict(record, **place._asdict())
            if self.read(place) != content:
                write_json(self.path(place), content, indent=1)

    def set_aside(self, run: PlannedRun) -> None:
        """Make room for a run whose results are of something else.

        Its work dir is kept under another name.

        Args:
            run (PlannedRun): The run.
        """
        for place in run.places:
            self.path(place).unlink(missing_ok=True)
        folder = self.folder(run)
        if folder.exists():
            folder.rename(
                folder.with_name(
                    f'{folder.name}.before_{time.strftime("%Y%m%d_%H%M%S")}'))


def _is_result(record: Any) -> bool:
    """Whether a file has what tables are made of."""
    if not isinstance(record, dict) or not all(
            isinstance(record.get(key), kind) for key, kind in _KINDS.items()):
        return False
    metrics = record['metrics'].get(STEP)
    return isinstance(metrics, dict) and all(
        isinstance(value, (int, float)) for value in metrics.values()) and all(
            isinstance(one, dict) and {'commit', 'clean'} <= set(one)
            for one in record['commits'])


def differing(results: Results, run: PlannedRun,
              identity: Identity) -> List[str]:
    """What a folder has of a run that is of something else.

    Args:
        results (Results): The folder.
        run (PlannedRun): The run.
        identity (Identity): What it would be made of now.

    Returns:
        list[str]: A text for each file.
    """
    places = [(results.path(place), results.read(place))
              for place in run.places]
    begun = (results.folder(run) / BEGUN, results.begun(run))
    texts = []
    for path, record in [*places, begun]:
        names = [] if record is None else identity.differences(record)
        if names:
            options = _options(run.options, record.get('options') or {})
            texts.append(f'"{path}" is of {" and ".join(names)}{options}')
    if begun[1] is None and any(results.folder(run).glob('*.pth')):
        texts.append(f'"{results.folder(run)}" has checkpoints of a run that '
                     'this tool has not begun')
    return texts


def _options(here: Dict[str, Any], there: Dict[str, Any]) -> str:
    """Options that differ, in words."""
    keys = sorted(key for key in {*here, *there}
                  if here.get(key) != there.get(key))
    texts = [
        f'{key} is {there.get(key, "not set")} there and '
        f'{here.get(key, "not set")} here' for key in keys
    ]
    return f' ({shortened(texts, 3)})' if texts else ''


def check_alike(records: Sequence[Dict[str, Any]]) -> None:
    """Refuse results of which one table cannot be made.

    Args:
        records (Sequence[dict]): Results of one table.

    Raises:
        SetupError: If they have other forms, user's options or data sets.
    """
    seen: Dict[str, Any] = {}
    for record in records:
        name = (f'{record["table"]}/{record["row"]}_{record["setting"]}_seed'
                f'{record["seed"]}.json')
        facts = dict(
            form=record.get('form'),
            given=record.get('given'),
            **{
                f'data set {k}': v
                for k, v in record['data'].items()
            },
            **{
                f'options of {record["row"]} {record["setting"]}':
                (record['recipe'], record.get('weights'))
            })
        for key, value in facts.items():
            other, first = seen.setdefault(key, (value, name))
            if other != value:
                raise SetupError(
                    f'{first} and {name} do not fit into one table: '
                    f'{key} differs; keep them in folders of their own '
                    '(--out), or make them again with --rerun')
