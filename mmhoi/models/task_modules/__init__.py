# Copyright (c) mmhoi contributors.
from .assigners import *  # noqa: F401,F403
