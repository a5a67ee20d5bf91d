# Copyright (c) mmhoi contributors.
"""Forms of a table: the mini models on SynHICO, or the full size."""
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict

from mmhoi.utils.text_files import read_json

FILE = Path(__file__).resolve().parent / 'forms.json'


@dataclass(frozen=True)
class Form:
    """What all runs of a form have in common: its recipe.

    Attributes:
        name (str): `{form}` in the names of configs.
        title (str): What the report calls it.
        prepare (str): How its data are made.
        comparison (str): How published figures compare with its own.
        options (dict): Config options of all runs.
        settings (dict[str, dict]): Those of a setting.
        rows (dict[str, dict]): Those of a row.
    """
    name: str
    title: str
    prepare: str = 'correct data_root by --cfg-options'
    comparison: str = 'only order and sign can be compared'
    options: Dict[str, Any] = field(default_factory=dict)
    settings: Dict[str, Dict[str, Any]] = field(default_factory=dict)
    rows: Dict[str, Dict[str, Any]] = field(default_factory=dict)

    def recipe(self, row: str, setting: str) -> Dict[str, Any]:
        """Config options of a run, what is said last wins.

        Args:
            row (str): Name of the row.
            setting (str): Name of the setting.

        Returns:
            dict: Values by dotted keys.
        """
        return {
            **self.options,
            **self.rows.get(row, {}),
            **self.settings.get(setting, {})
        }


def load_form(name: str) -> Form:
    """Read a form; one that is not known has no recipe of its own.

    Args:
        name (str): Its name, as in the names of configs.

    Returns:
        Form: The form.

    Examples:
        >>> load_form('r50_hico').title
        'full-size models on HICO-DET'
    """
    return Form(name, **read_json(FILE).get(name, dict(title=name)))


def form_names() -> list:
    """Names of the forms that have a recipe."""
    return list(read_json(FILE))
