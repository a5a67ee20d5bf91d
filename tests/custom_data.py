# Copyright (c) mmhoi contributors.
"""Own data, made by the script in the documentation."""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLASSES = ROOT / 'configs' / 'hoiclip' / 'hoiclip_mini_custom_classes.json'
PAGE = ROOT / 'docs' / 'en' / 'user_guides' / 'custom_dataset.md'


def documented_script():
    """Text of the page's script."""
    script, = re.findall(r'```python\n(""".*?)```', PAGE.read_text(), re.S)
    return script


def write_custom_data(synhico, out):
    """Run the script.

    Args:
        synhico (Path): SynHICO, as `write_synhico` makes it.
        out (Path): Folder for train.json, test.json and images.
    """
    subprocess.run(
        [sys.executable, '-c',
         documented_script(), CLASSES, synhico, out],
        check=True,
        stdout=subprocess.DEVNULL)
