# Copyright (c) mmhoi contributors.
"""Settings of a config that say which pictures are drawn, and how."""
from typing import Optional

from mmengine.config import Config

OWN_HOOK = 'HOIVisualizationHook'


def use_own_visualization(cfg: Config) -> None:
    """Have mmhoi's hook draw also where a config names MMDetection's.

    That one reads images by other rules than the data set, ends at the first
    that it cannot read, and calls pictures of different folders the same.

    Args:
        cfg (Config): The config; it is changed.

    Examples:
        >>> cfg = Config(dict(default_hooks=dict(visualization=dict(
        ...     type='mmdet.DetVisualizationHook', draw=True))))
        >>> use_own_visualization(cfg)
        >>> cfg.default_hooks.visualization
        {'type': 'HOIVisualizationHook', 'draw': True}
    """
    hook = (cfg.get('default_hooks') or {}).get('visualization')
    if hook and str(hook.get('type')).split('.')[-1] == 'DetVisualizationHook':
        hook.type = OWN_HOOK
        # Images are read with the arguments that the data set has.
        hook.pop('backend_args', None)


def draw_results(cfg: Config,
                 show: bool = False,
                 wait_time: float = 0.,
                 show_dir: Optional[str] = None) -> None:
    """Have a test draw its predictions.

    Args:
        cfg (Config): The config; it is changed.
        show (bool): Whether pictures are shown in a window. Defaults to
            False.
        wait_time (float): Seconds for which they are shown. Defaults to 0.
        show_dir (str, optional): Folder of the pictures. Defaults to None.
    """
    hooks = cfg.setdefault('default_hooks', {})
    hook = hooks.setdefault('visualization', dict(type=OWN_HOOK))
    hook.update(draw=True)
    if show:
        hook.update(show=True, wait_time=wait_time)
    if show_dir:
        hook.update(test_out_dir=show_dir)


def use_font(cfg: Config, font: Optional[str]) -> None:
    """Write labels in other letters than the config says.

    Args:
        cfg (Config): The config; it is changed.
        font (str, optional): Font file; None leaves the config as it is.

    Raises:
        FileNotFoundError: If there is no such file.
        SetupError: If it is no font.
    """
    if font is None:
        return
    # It takes half a second to import.
    from .fonts import check_font
    check_font(font)
    visualizer = cfg.setdefault(
        'visualizer', dict(type='HOILocalVisualizer', name='visualizer'))
    visualizer.update(font=font)
