# Copyright (c) mmhoi contributors.
"""Addresses such as `https://...`: which are known, and what is there."""
from http.client import HTTPException
from pathlib import Path
from typing import Optional
from urllib.parse import urlsplit
from urllib.request import url2pathname, urlopen

WEB = ('http', 'https')
#: What OpenCV reads frames of.
STREAMS = ('rtsp', 'rtsps', 'rtmp', 'rtp', 'udp', 'tcp', 'srt', 'mms', *WEB)
TIMEOUT = 30  # seconds without an answer
MAX_BYTES = 2**29
_CHUNK = 2**20


def scheme_of(source: str) -> str:
    """The scheme of an address.

    Args:
        source (str): Address or path.

    Returns:
        str: Such as `https`, in small letters; '' for a path.

    Examples:
        >>> scheme_of('RTSP://camera/1'), scheme_of('C:/a.jpg')
        ('rtsp', '')
    """
    scheme, mark, _ = source.partition('://')
    return scheme.lower() if mark else ''


def without_password(address: str) -> str:
    """An address as it may be printed.

    Args:
        address (str): The address, or a path.

    Returns:
        str: The same without user and password.

    Examples:
        >>> without_password('rtsp://me:secret@camera:554/live')
        'rtsp://camera:554/live'
    """
    scheme, mark, rest = address.partition('://')
    if not mark:
        return address
    host, slash, path = rest.partition('/')
    return f'{scheme}{mark}{host.rpartition("@")[2]}{slash}{path}'


def read_content(source: str, backend_args: Optional[dict] = None) -> bytes:
    """Read a file, or what is at an address.

    Args:
        source (str): Path, file:// or http(s) address, or an address for
            which a file backend of mmengine is registered.
        backend_args (dict, optional): File backend of mmengine. Defaults to
            None.

    Returns:
        bytes: The content.

    Raises:
        OSError: If there is nothing, or no answer within `TIMEOUT` seconds,
            or more than `MAX_BYTES` come from an address.
        ValueError: If the scheme of an address is unknown; the message says
            what is allowed.
    """
    scheme = scheme_of(source)
    if scheme in WEB and not backend_args:
        return _download(source)
    if not scheme and not backend_args:
        return Path(source).read_bytes()
    if scheme == 'file':
        return Path(url2pathname(urlsplit(source).path)).read_bytes()
    remedy = 'allowed are a path, file://, http:// and https://'
    if scheme in STREAMS:
        remedy += '; of a stream HOIInferencer and demo/video_demo.py take ' \
                  'the frames'
    try:
        # Not needed otherwise: an exported model does without mmengine.
        from mmengine.fileio import get
        return get(source, backend_args=backend_args)
    except (ImportError, KeyError) as error:
        raise ValueError(f'addresses of the kind "{scheme}://" are not known '
                         f'here ({error}); {remedy}') from error


def _download(address: str) -> bytes:
    """What is at an address of the web."""
    try:
        with urlopen(address, timeout=TIMEOUT) as response:
            kind = response.headers.get_content_type()
            if kind.startswith(('video/', 'multipart/')):
                raise ValueError(f'it is a stream ({kind}), of which '
                                 'demo/video_demo.py takes the frames')
            content = bytearray()
            while part := response.read(_CHUNK):
                content += part
                if len(content) > MAX_BYTES:
                    raise ValueError(f'it has more than {MAX_BYTES} bytes')
            if response.length:
                raise OSError(f'it breaks off {response.length} bytes before '
                              'its end')
    except HTTPException as error:
        # Of an answer that breaks off or is none.
        raise OSError(f'{type(error).__name__}: {error}') from error
    return bytes(content)


def name_of_stream(address: str) -> str:
    """Name for what is made of a stream.

    Args:
        address (str): Its address.

    Returns:
        str: Name without ending, for files.

    Examples:
        >>> name_of_stream('rtsp://me@camera:554/live/1.sdp?x=y')
        '1'
        >>> name_of_stream('udp://10.0.0.1:99')
        '10.0.0.1'
    """
    parts = urlsplit(address)
    name = Path(parts.path).stem or parts.hostname or 'stream'
    return ''.join(c if c.isalnum() or c in '._-' else '_' for c in name)
