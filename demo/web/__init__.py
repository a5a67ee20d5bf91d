# Copyright (c) mmhoi contributors.
"""The web demo without its page: limits, files of requests, the model.

Needs no web framework. `demo_model` is not imported here, as it takes seconds.
"""
from .example_images import find_examples, render_examples
from .few_arenas import few_arenas
from .page_event import clean_event
from .request_body import BadRequest, RequestBody
from .request_folder import RequestFolder, remove_old_files
from .route_filter import MOST_UPLOADS, RouteFilter, is_known_route
from .upload_limits import (FORMATS, UploadError, UploadLimits, parse_prompts,
                            read_upload)

__all__ = [
    'FORMATS', 'MOST_UPLOADS', 'BadRequest', 'RequestBody', 'RequestFolder',
    'RouteFilter', 'UploadError', 'UploadLimits', 'clean_event', 'few_arenas',
    'find_examples', 'is_known_route', 'parse_prompts', 'read_upload',
    'remove_old_files', 'render_examples'
]
