# Copyright (c) mmhoi contributors.
import platform
import subprocess
import sys
from pathlib import Path

from web import few_arenas

CODE = '''
import sys
sys.path.insert(0, sys.argv[1])
from web.few_arenas import few_arenas
print(few_arenas())
'''


def test_a_limit_where_there_is_one():
    # A process of its own: the limit cannot be taken back.
    demo = Path(few_arenas.__code__.co_filename).parents[1]
    done = subprocess.run(
        [sys.executable, '-c', CODE, str(demo)],
        capture_output=True,
        text=True,
        check=True)
    glibc = platform.libc_ver()[0] == 'glibc'
    assert done.stdout.strip() == str(glibc)
