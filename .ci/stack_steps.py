# Copyright (c) mmhoi contributors.
"""What is done with mmhoi in an environment of the matrix."""
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, List

from environments import Environment, run

# The mini model on images and batches that a slow processor trains in
# seconds; nothing else is changed.
CONFIG = """
_base_ = '{mim}/configs/hoiclip/hoiclip_mini_synhico.py'
train_dataloader = dict(
    batch_size=2, num_workers=0, persistent_workers=False,
    dataset=dict(data_root='data'))
val_dataloader = dict(
    batch_size=1, num_workers=0, persistent_workers=False,
    dataset=dict(data_root='data'))
test_dataloader = val_dataloader
train_cfg = dict(max_epochs=1, val_interval=1)
default_hooks = dict(
    checkpoint=dict(interval=1, save_best=None, max_keep_ckpts=-1))
"""
IMPORT = """
import mmhoi, mmhoi.apis
from mmhoi.setup_env import register_all_modules
register_all_modules()
print(mmhoi.__file__)
"""
INFER = """
import sys
from mmhoi.apis import HOIInferencer
inferencer = HOIInferencer('config.py', 'run/epoch_2.pth')
inferencer(sys.argv[1], out_dir='out')
"""
#: How a program may begin; each must end with the line of the stack.
BEGINNINGS = ('import mmhoi', 'from mmhoi.apis import HOIInferencer',
              'from mmhoi.evaluation import cli')


def use(environment: Environment, seconds: Dict[str, float]) -> None:
    """Import, train, resume, test and infer.

    Args:
        environment (Environment): With mmhoi.
        seconds (dict): Gets the seconds of each step.

    Raises:
        RuntimeError: If a step fails, or has no result.
    """
    place = environment.folder / 'work'
    place.mkdir(exist_ok=True)
    mim = _mim(environment)
    (place / 'config.py').write_text(CONFIG.format(mim=mim))

    def step(name: str, result: str, *command: Any) -> str:
        start = time.perf_counter()
        printed = run([environment.python, *command], cwd=place)
        seconds[name] = time.perf_counter() - start
        if not list(place.glob(result)):
            raise RuntimeError(f'{name} left no {result}:\n{printed[-2000:]}')
        return printed

    step('import', 'config.py', '-c', IMPORT)
    step('render', 'data/synhico_meta.json',
         mim / 'tools/dataset_converters/make_synhico.py', 'data',
         '--num-train', 6, '--num-test', 2, '--workers', 1)
    train = (mim / 'tools/train.py', 'config.py', '--work-dir', 'run')
    step('train', 'run/epoch_1.pth', *train)
    printed = step('resume', 'run/epoch_2.pth', *train, '--resume',
                   '--cfg-options', 'train_cfg.max_epochs=2')
    if 'Epoch(train) [1]' in printed or 'Epoch(train) [2]' not in printed:
        raise RuntimeError(f'resume began anew:\n{printed[-2000:]}')
    step('test', 'dump.json', mim / 'tools/test.py', 'config.py',
         'run/epoch_2.pth', '--work-dir', 'test', '--out', 'dump.json')
    image = min(place.glob('data/images/test*/*'))
    step('inference', f'out/**/{image.stem}*.json', '-c', INFER, image)


def refuse(environment: Environment, line: str) -> str:
    """The line that every program ends with where mmhoi cannot work.

    Args:
        environment (Environment): With mmhoi.
        line (str): How the message begins.

    Raises:
        RuntimeError: If a program prints anything else, or goes on.
    """
    mim = _mim(environment)
    programs = [['-c', code] for code in BEGINNINGS]
    programs += [[mim / 'tools/train.py', 'config.py'],
                 [mim / 'tools/test.py', 'config.py', 'none']]
    found = set()
    for program in programs:
        done = subprocess.run([environment.python, *program],
                              capture_output=True,
                              text=True,
                              cwd=environment.folder)
        printed = done.stdout + done.stderr
        if not done.returncode or not re.fullmatch(
                rf'StackError: {re.escape(line)}.*run: pip .*\n', printed):
            raise RuntimeError(f'{program}: status {done.returncode}, not one '
                               f'line "{line}":\n{printed[-2000:]}')
        found.add(printed.strip())
    message, = found
    return message


def pip_check(environment: Environment, with_onedl: bool) -> List[str]:
    """What `pip check` says, apart from what is known to be so.

    mmhoi asks for the onedl- packages; that OpenMMLab's own ones take their
    place cannot be written into a wheel.

    Raises:
        RuntimeError: If packages do not fit.
    """
    try:
        environment.pip('check')
        return []
    except RuntimeError as error:
        lines = [
            line for line in str(error).splitlines()
            if ' requires ' in line or ' has requirement ' in line
        ]
        known = [
            line for line in lines
            if re.match(r'mmhoi \S+ requires onedl-\S+,', line)
        ]
        if not lines or with_onedl or len(known) < len(lines):
            raise
        return [f'pip check: {len(known)} lines "mmhoi requires onedl-..."']


def _mim(environment: Environment) -> Path:
    """Where the configs and tools of the installed mmhoi are."""
    code = ('import json, importlib.util as u; '
            'print(json.dumps(u.find_spec("mmhoi").origin))')
    origin = run([environment.python, '-c', code], cwd=environment.folder)
    return Path(json.loads(origin)).parent / '.mim'
