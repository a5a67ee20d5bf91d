# Copyright (c) mmhoi contributors.
from mmhoi.utils import use_scope
from mmhoi.utils.import_speed import collector_paused
from mmhoi.utils.library_noise import silence_file_client, without_import_noise


def register_all_modules(init_default_scope: bool = True) -> None:
    """Import every module of mmhoi (and of mmdet) that registers something.

    Args:
        init_default_scope (bool): Whether to make `mmhoi` the default
            registry scope, in which configs name mmhoi's classes without a
            prefix and mmdet's as `mmdet.X`. Defaults to True.
    """
    silence_file_client()
    with collector_paused(), without_import_noise():
        from mmdet.utils import register_all_modules as register_mmdet_modules

        import mmhoi.checkpoints  # noqa: F401
        import mmhoi.datasets  # noqa: F401
        import mmhoi.engine  # noqa: F401
        import mmhoi.evaluation.metrics  # noqa: F401
        import mmhoi.models  # noqa: F401
        import mmhoi.visualization  # noqa: F401

        register_mmdet_modules(init_default_scope=False)
    if init_default_scope:
        use_scope('mmhoi')
