# Copyright (c) mmhoi contributors.
"""Loading of CLIP models; the only module that calls open_clip."""
import json
import logging
import tempfile
import zipfile
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import get_close_matches
from pathlib import Path
from typing import Callable, Dict, Iterator, NamedTuple, Optional, Tuple

import open_clip
import torch
from mmengine.logging import MMLogger
from open_clip.convert import convert_state_dict
from open_clip.factory import load_state_dict as read_state_dict
from open_clip.pretrained import get_pretrained_cfg
from open_clip.transformer import VisionTransformer
from torch import Tensor, nn

from mmhoi.checkpoints.fitting import describe_mismatch, weight_shapes
from mmhoi.checkpoints.without_weights import weights_are_left_out
from mmhoi.registry import MODELS
from mmhoi.utils.file_hash import file_sha256
from mmhoi.utils.kinds import shown
from .open_clip_config import merge_file, read_clip_config

MINI_CLIP = 'mmhoi-mini'
MINI_DIR = Path(__file__).resolve().parents[2] / 'assets' / 'mini'
MINI_CONFIG = MINI_DIR / 'mini_clip.json'
MINI_WEIGHTS = MINI_DIR / 'mini_clip.safetensors'

# Models that are shared at the moment, see `shared_open_clip`; None outside.
_SHARED: ContextVar[Optional[Dict[tuple, 'OpenCLIP']]] = ContextVar(
    'shared_open_clip', default=None)


class OpenCLIP(NamedTuple):
    """A loaded CLIP model and what is needed to feed it.

    Attributes:
        model (nn.Module): The open_clip model in eval mode, on the CPU.
        tokenizer (Callable): list[str] -> token ids (N, context length).
        image_size (int): Side S of the square input image in pixels.
        mean (tuple[float]): RGB means of an image scaled to 0..1.
        std (tuple[float]): RGB standard deviations of the same.
    """
    model: nn.Module
    tokenizer: Callable
    image_size: int
    mean: Tuple[float, ...]
    std: Tuple[float, ...]


@MODELS.register_module()
def load_open_clip(model_name: str,
                   pretrained: Optional[str] = None) -> OpenCLIP:
    """Load a CLIP model, or take it from :func:`shared_open_clip`.

    Args:
        model_name (str): `mmhoi-mini`, the name of an open_clip model
            (OpenAI's weights need a `-quickgelu` name, such as
            `ViT-B-32-quickgelu`), or the path of an open_clip model config
            (`.json`).
        pretrained (str, optional): A tag of open_clip (`openai`, ...), whose
            weights are downloaded once; the path of a weight file; or
            `random` for untrained weights, the same ones in every process.
            None is allowed for `mmhoi-mini` only and stands for the weights
            that come with the package. Defaults to None.

    Returns:
        OpenCLIP: Model, tokenizer and image statistics; inside of
        `without_weights` a visual tower without values, and no tokenizer.

    Raises:
        ValueError: If the model name is unknown, `pretrained` is missing, or
            the weights do not fit the model.
        FileNotFoundError: If a config or weight file does not exist.
        RuntimeError: If weights cannot be downloaded.
    """
    if weights_are_left_out():
        return _empty(model_name)
    key = (str(model_name), pretrained and str(pretrained))
    shared = _SHARED.get()
    if shared is None:
        return _load(*key)
    if key not in shared:
        shared[key] = _load(*key)
    return shared[key]


@contextmanager
def shared_open_clip() -> Iterator[None]:
    """Load each CLIP model once inside of the `with` statement.

    A detector needs the visual tower and text embeddings of one model. Its
    memory is free again when the statement ends.
    """
    if _SHARED.get() is not None:
        yield
        return
    token = _SHARED.set({})
    try:
        yield
    finally:
        _SHARED.reset(token)


def clip_embed_dims(model_name: str) -> int:
    """Width E of the space that a model's images and texts share.

    Args:
        model_name (str): As in :func:`load_open_clip`.

    Returns:
        int: The width.

    Raises:
        ValueError: If the name is unknown.

    Examples:
        >>> clip_embed_dims('ViT-B-32-quickgelu')
        512
    """
    return open_clip.get_model_config(_register(model_name))['embed_dim']


def weights_identity(model_name: str, pretrained: Optional[str]) -> str:
    """Name model, tokenizer and weights without loading them.

    Args:
        model_name (str): As in :func:`load_open_clip`.
        pretrained (str, optional): As in :func:`load_open_clip`.

    Returns:
        str: Names of what open_clip defines, SHA-256 of what files define.
        Equal strings stand for equal text embeddings. Empty for random
        weights, which nothing names.
    """
    source = _weights_source(model_name, pretrained)
    if source == 'random':
        return ''
    parts = [str(model_name)]
    config = _config_file(model_name)
    if config is not None:
        parts = [file_sha256(config)]
        bpe = merge_file(config)
        parts += [] if bpe is None else [file_sha256(bpe)]
    parts.append(file_sha256(source) if isinstance(source, Path) else source)
    return ' '.join(parts)


def check_visual_tower(model: nn.Module, model_name: str) -> VisionTransformer:
    """Return the visual tower of a model if its tokens can be read.

    Args:
        model (nn.Module): A model of open_clip.
        model_name (str): Its name, for the message.

    Returns:
        VisionTransformer: The visual tower.

    Raises:
        ValueError: If the tower is not a plain vision transformer whose
            pooled feature is the class token.
    """
    visual = model.visual
    if (not isinstance(visual, VisionTransformer) or visual.pool_type != 'tok'
            or visual.attn_pool is not None or visual.final_ln_after_pool):
        raise ValueError(
            f'the visual tower of CLIP model "{model_name}" is not a vision '
            'transformer with a class token; choose a ViT model such as '
            '"ViT-B-32-quickgelu"')
    return visual


def _load(model_name: str, pretrained: Optional[str]) -> OpenCLIP:
    source = _weights_source(model_name, pretrained)
    name = _register(model_name)
    logger = MMLogger.get_current_instance()
    if source == 'random':
        logger.warning(f'CLIP model "{model_name}" has random weights '
                       "(pretrained='random'): its features and text "
                       'embeddings mean nothing')
    # A seed of its own: all ranks get equal random weights, and the number
    # stream of the program does not depend on what is loaded or cached.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        if isinstance(source, Path) or source == 'random':
            model = _create_empty(name)
        else:
            model = _create_with_tag(model_name, name, source)
    if isinstance(source, Path):
        _load_file(model, model_name, source)
        logger.info(f'CLIP model "{model_name}" loaded from {source}')
    config = _config_file(model_name)
    bpe = None if config is None else merge_file(config)
    tokenizer = open_clip.get_tokenizer(
        name, **({} if bpe is None else dict(bpe_path=str(bpe))))
    return _with_statistics(model, tokenizer)


def _empty(model_name: str) -> OpenCLIP:
    """A model without values, whose text tower takes no memory."""
    name = _register(model_name)
    with torch.device('meta'):
        model = _create_empty(name, 'meta')
    model.visual.to_empty(device=torch.get_default_device())
    return _with_statistics(model, tokenizer=None)


def _with_statistics(model: nn.Module, tokenizer: Callable) -> OpenCLIP:
    """A model with what it wants of its images."""
    preprocess = model.visual.preprocess_cfg
    size = preprocess['size']
    return OpenCLIP(
        model=model.eval(),
        tokenizer=tokenizer,
        image_size=size if isinstance(size, int) else size[0],
        mean=tuple(preprocess['mean']),
        std=tuple(preprocess['std']))


def _weights_source(model_name: str, pretrained: Optional[str]):
    """Return a Path, the string `random`, or a tag of open_clip."""
    if pretrained is None:
        if model_name == MINI_CLIP:
            return _existing(
                MINI_WEIGHTS, 'weights of the mini CLIP',
                'install mmhoi again, '
                'or train them with projects/mini_clip/train_mini_clip.py')
        raise ValueError(
            f'no weights are named for CLIP model "{model_name}"; set '
            "`pretrained` to a tag of open_clip ('openai'), a weight file, "
            "or 'random'")
    if pretrained == 'random':
        return 'random'
    if get_pretrained_cfg(str(model_name), pretrained):
        return pretrained
    path = Path(pretrained)
    if path.is_file():
        return path
    tags = open_clip.list_pretrained_tags_by_model(str(model_name))
    raise FileNotFoundError(
        f'`pretrained` of CLIP model "{model_name}" is "{pretrained}": '
        f'neither a file nor a known tag ({", ".join(tags) or "none"}); for '
        "untrained weights set pretrained='random'")


def _config_file(model_name: str) -> Optional[Path]:
    """Return the config file of models that open_clip does not define."""
    if model_name == MINI_CLIP:
        return MINI_CONFIG
    if str(model_name).endswith('.json'):
        return Path(model_name)
    return None


def model_architecture(model_name: str) -> str:
    """What decides, beside the weights, what a model computes.

    Args:
        model_name (str): As in :func:`load_open_clip`.

    Returns:
        str: Its config as JSON; `ViT-B-32` and `ViT-B-32-quickgelu`, say,
        differ in no weight.

    Raises:
        ValueError: If the name is unknown.
    """
    return json.dumps(
        open_clip.get_model_config(_register(model_name)), sort_keys=True)


def _register(model_name: str) -> str:
    """Make the model known to open_clip; return its name there."""
    config = _config_file(model_name)
    if config is not None:
        read_clip_config(config)
        # Its own name would be that of any file, or model, called so.
        name = f'{config.stem}-{file_sha256(config)[:16]}'
        if name not in open_clip.list_models():
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder, f'{name}.json')
                copy.write_bytes(config.read_bytes())
                open_clip.add_model_config(copy)
        return name
    if model_name not in open_clip.list_models():
        names = [MINI_CLIP, *open_clip.list_models()]
        near = get_close_matches(str(model_name), names, n=5, cutoff=0.3)
        raise ValueError(
            f'unknown CLIP model "{model_name}"; allowed: "{MINI_CLIP}", the '
            'path of an open_clip model config (.json), or a name in '
            f'open_clip.list_models(); closest: {", ".join(near) or "none"}')
    return model_name


def _existing(path: Path, what: str, remedy: str) -> Path:
    if not path.is_file():
        raise FileNotFoundError(f'{what} not found: {path}; {remedy}')
    return path


def _create_empty(name: str, device: str = 'cpu') -> nn.Module:
    """Create a model without weights."""
    # open_clip warns that the model is random; what is loaded afterwards, or
    # not, is reported by the caller.
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        return open_clip.create_model(name, device=device, load_weights=False)
    # Sizes of nonsense are refused by whatever part they reach.
    except Exception as error:
        raise ValueError(f'CLIP model "{name}" cannot be built '
                         f'({type(error).__name__}: {error}); correct its '
                         'config') from error
    finally:
        logging.disable(previous)


def _create_with_tag(model_name: str, name: str, tag: str) -> nn.Module:
    """Create a model with weights that open_clip downloads."""
    try:
        return open_clip.create_model(name, pretrained=tag)
    except Exception as error:  # open_clip and its hub raise many types
        cfg = get_pretrained_cfg(name, tag)
        places = [cfg['url']] if cfg.get('url') else []
        if cfg.get('hf_hub'):
            hub = cfg['hf_hub'].rstrip('/')
            places.append(f'repository {hub} of the Hugging Face hub')
        file_name = Path(cfg.get('url') or 'open_clip_model.safetensors').name
        raise RuntimeError(
            f'cannot get the CLIP weights "{tag}" of "{model_name}". Fetch '
            f'{file_name} on a machine with network access (from '
            f'{" or ".join(places)}), put it at checkpoints/{file_name} and '
            f"set pretrained='checkpoints/{file_name}' in the config. To go "
            "on without it, set pretrained='random' (untrained, for dry "
            f"runs), or model_name='{MINI_CLIP}' with pretrained=None (a "
            f'small CLIP that comes with mmhoi). Cause: {error}') from error


def _load_file(model: nn.Module, model_name: str, path: Path) -> None:
    """Copy the weights of a file into a model, strictly."""
    try:
        state = convert_state_dict(model, _read(path))
        # Names of nonsense; what is no tensor has no shape to compare.
        unnamed = [name for name in state if not isinstance(name, str)]
        if unnamed:
            raise ValueError(f'a weight is called {shown(unnamed[0])}')
    except Exception as error:  # every format has its own error types
        raise ValueError(
            f'{path} cannot be read as CLIP weights: {error}; fetch the file '
            'again or correct `pretrained`') from error
    report = describe_mismatch(
        weight_shapes(model.state_dict()), weight_shapes(state))
    if report is not None:
        raise ValueError(
            f'{path} does not fit CLIP model "{model_name}": {report}; '
            'correct `model_name` or `pretrained`')
    model.load_state_dict(state)


def _read(path: Path) -> 'dict[str, Tensor]':
    """Read a state dict; OpenAI's own files are TorchScript archives."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        scripted = any(name.endswith('/constants.pkl') for name in names)
        if scripted:
            state = torch.jit.load(str(path), map_location='cpu').state_dict()
            notes = ('input_resolution', 'context_length', 'vocab_size')
            return {k: v for k, v in state.items() if k not in notes}
    return read_state_dict(str(path))
