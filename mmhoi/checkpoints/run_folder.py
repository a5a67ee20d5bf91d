# Copyright (c) mmhoi contributors.
"""The folder of a training run, and which checkpoints in it are whose."""
import logging
import os
import re
import time
from pathlib import Path
from typing import Any, List, Optional, Tuple, Union

from mmengine.config import Config
from mmengine.logging import print_log

from mmhoi.utils.listing import shortened
from mmhoi.utils.text_files import TextFileError, read_text
from mmhoi.utils.whole_file import write_whole
from .errors import CheckpointError
from .reading import read_checkpoint
from .wholeness import read_whole

#: Name of a run in the message hub, and so in each of its checkpoints.
RUN_ID = 'run_id'
#: The file that names the last checkpoint.
NOTE = 'last_checkpoint'
#: Checkpoints that a run can go on from; the best ones have no optimizer.
_STEP = re.compile(r'(epoch|iter)_\d+\.pth')


class RunFolder:
    """Where a run keeps its state.

    Paths that are written in that state are those of the place where the run
    was. Only their last part is used: what a folder has counts, wherever it
    was copied or moved to.

    Args:
        work_dir (str | Path): Folder of the run.
        checkpoint_dir (str | Path, optional): Where its checkpoints are. By
            default in the work dir.
    """

    def __init__(self,
                 work_dir: Union[str, Path],
                 checkpoint_dir: Optional[Union[str, Path]] = None) -> None:
        self.note = Path(work_dir, NOTE)
        self.path = Path(checkpoint_dir or work_dir)

    @classmethod
    def of_config(cls, cfg: Config, work_dir: str) -> 'RunFolder':
        """The folder of a run with a config.

        `out_dir` of the checkpoint hook names another place for checkpoints,
        which has a folder for each run.

        Args:
            cfg (Config): The config.
            work_dir (str): The work dir.

        Returns:
            RunFolder: The folder.
        """
        hook = (cfg.get('default_hooks') or {}).get('checkpoint') or {}
        # Programs, unlike configs, may have the hook itself.
        out_dir = hook.get('out_dir') if isinstance(hook, dict) else None
        if out_dir is None or os.path.abspath(out_dir) == os.path.abspath(
                work_dir):
            return cls(work_dir)
        return cls(work_dir, Path(out_dir, Path(work_dir).name))

    @classmethod
    def of_runner(cls, runner: Any) -> 'RunFolder':
        """The folder of a runner.

        Args:
            runner (Runner): A runner of mmengine.

        Returns:
            RunFolder: The folder.
        """
        return cls.of_config(runner.cfg, runner.work_dir)

    def here(self, path: Union[str, Path]) -> Path:
        """A file of this folder that has the name of another.

        Args:
            path (str | Path): A path, perhaps of another machine.

        Returns:
            Path: Its last part in this folder.
        """
        return self.path / re.split(r'[/\\]', str(path).strip())[-1]

    def holds(self, path: Union[str, Path]) -> bool:
        """Whether a file lies in this folder.

        Args:
            path (str | Path): Its path.

        Returns:
            bool: Whether it does.
        """
        return Path(path).resolve().parent == self.path.resolve()

    def run_of(self, path: Path) -> Optional[str]:
        """Name of the run that has written a checkpoint.

        Args:
            path (Path): The file.

        Returns:
            str | None: None if it cannot be read, or does not tell.
        """
        try:
            hub = read_checkpoint(path, mapped=True).get('message_hub') or {}
        except (CheckpointError, OSError):
            return None
        return (hub.get('runtime_info') or {}).get(RUN_ID)

    def latest(self) -> Optional[str]:
        """The checkpoint that the run of this folder goes on from.

        The one that the folder's note names or, if that is damaged or absent,
        the last one written before. A line in the log says so.

        Returns:
            str | None: Its path; None if there is no checkpoint.

        Raises:
            CheckpointError: If there are some and none can be read.
        """
        named, problems = self._named()
        if named is not None:
            problem = self._problem(named)
            if problem is None:
                return str(named)
            problems = [problem]
        others = [path for path in self._steps() if path != named]
        whole = []
        for path in others:
            try:
                meta = read_whole(path)['meta']
                whole.append((meta.get('time') or '', meta.get('iter')
                              or 0, path))
            except CheckpointError as error:
                problems.append(str(error))
        if whole:
            path = max(whole)[-1]
            if problems:
                print_log(
                    f'{"; ".join(problems)}. The run goes on from the '
                    f'checkpoint before, "{path}"',
                    logger='current',
                    level=logging.WARNING)
            return str(path)
        if named is not None or others:
            raise CheckpointError(
                f'no checkpoint in "{self.path}" can be read: '
                f'{shortened(problems, 3)}. Give another one with --resume '
                'CHECKPOINT, or begin anew without --resume')
        return None

    def write_note(self, path: Union[str, Path]) -> None:
        """Note the last checkpoint, for mmengine with its whole path.

        Args:
            path (str | Path): The checkpoint.
        """
        with write_whole(self.note) as draft:
            draft.write_text(str(path), encoding='utf-8')

    def set_aside(self, path: Path, run_id: str) -> None:
        """Make room for a checkpoint, if another run's has its name.

        Args:
            path (Path): The checkpoint that is about to be written.
            run_id (str): Name of the run that writes it.
        """
        if not path.is_file() or self.run_of(path) == run_id:
            return
        saved = time.strftime('%Y%m%d_%H%M%S',
                              time.localtime(path.stat().st_mtime))
        aside = path.with_name(f'{path.stem}.of_{saved}{path.suffix}')
        number = 1
        while aside.exists():
            number += 1
            aside = path.with_name(
                f'{path.stem}.of_{saved}_{number}{path.suffix}')
        path.rename(aside)
        print_log(
            f'"{path}" is of another run, or cannot be read; it is kept as '
            f'"{aside.name}". Give runs a --work-dir of their own',
            logger='current',
            level=logging.WARNING)

    def clear_drafts(self) -> None:
        """Delete what a process that was killed while it wrote has left."""
        for folder in {self.path, self.note.parent}:
            for pattern in ('*.pth.*.unfinished', f'{NOTE}.*.unfinished'):
                for draft in folder.glob(pattern):
                    draft.unlink(missing_ok=True)

    def _named(self) -> Tuple[Optional[Path], List[str]]:
        """The checkpoint that the note names, and what is wrong with it."""
        try:
            text = read_text(self.note).strip()
        except FileNotFoundError:
            return None, []
        except TextFileError:
            text = ''
        text = text.strip('\0')
        path = self.here(text)
        # A power cut leaves any bytes.
        if path.name in ('', '..') or path.parent != self.path or len(
                os.fsencode(path.name)) > 255:
            return None, [f'"{self.note}" is empty or damaged']
        if not path.exists():
            return None, [f'"{path}", which "{self.note}" names, is absent']
        return path, []

    def _problem(self, path: Path) -> Optional[str]:
        """Why a checkpoint cannot be used; None if it can."""
        # FSDP with sharded states has a folder instead.
        if path.is_dir():
            return None
        try:
            read_whole(path)
        except CheckpointError as error:
            return str(error)
        return None

    def _steps(self) -> List[Path]:
        if not self.path.is_dir():
            return []
        return sorted(path for path in self.path.iterdir()
                      if _STEP.fullmatch(path.name) and path.is_file())
