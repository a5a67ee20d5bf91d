# Copyright (c) mmhoi contributors.
from .data_preprocessors import *  # noqa: F401,F403
from .detectors import *  # noqa: F401,F403
from .heads import *  # noqa: F401,F403
from .instance_features import *  # noqa: F401,F403
from .layers import *  # noqa: F401,F403
from .losses import *  # noqa: F401,F403
from .proposals import *  # noqa: F401,F403
from .task_modules import *  # noqa: F401,F403
from .vision_language import *  # noqa: F401,F403
