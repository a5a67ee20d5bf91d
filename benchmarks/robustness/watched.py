# Copyright (c) mmhoi contributors.
"""What a process of a server uses. Needs Linux."""
import contextlib
import os
from pathlib import Path


class Watched:
    """The process of the server, seen from outside."""

    def __init__(self, process, folder):
        self.process = process
        self.folder = folder

    def figures(self):
        """Memory in MB, file descriptors, threads, files and folders."""
        proc = Path('/proc', str(self.process.pid))
        status = dict(
            line.split(':', 1)
            for line in (proc / 'status').read_text().splitlines())
        return dict(
            memory=int(status['VmRSS'].split()[0]) // 1024,
            descriptors=len(os.listdir(proc / 'fd')),
            threads=int(status['Threads']),
            files=len(self.sizes()))

    def sizes(self):
        """Bytes of each file of a request; folders count as 0."""
        sizes = []
        # `rglob` fails if the server removes a folder meanwhile.
        for parent, folders, names in os.walk(self.folder):
            sizes += [0] * len(folders)
            for name in names:
                with contextlib.suppress(FileNotFoundError):
                    sizes.append(os.path.getsize(os.path.join(parent, name)))
        return sizes

    def peak(self):
        """Most memory so far, MB."""
        for line in Path('/proc', str(self.process.pid),
                         'status').read_text().splitlines():
            if line.startswith('VmHWM'):
                return int(line.split()[1]) // 1024
