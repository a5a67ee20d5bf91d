# Copyright (c) mmhoi contributors.
import sys

from mmhoi.utils.utf8 import use_utf8
from .cli import main

if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
