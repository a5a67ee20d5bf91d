# Copyright (c) mmhoi contributors.
"""The web demo without its page: limits, files of requests, the model.

Needs no web framework. `demo_model` is not imported here, as it takes seconds.
"""
from .example_images import find_examples, render_examples
from .request_folder import RequestFolder, remove_old_files
from .route_filter import RouteFilter, is_known_route
from .upload_limits import (FORMATS, UploadError, UploadLimits, check_upload,
                            parse_prompts)

__all__ = [
    'FORMATS', 'RequestFolder', 'RouteFilter', 'UploadError', 'UploadLimits',
    'check_upload', 'find_examples', 'is_known_route', 'parse_prompts',
    'remove_old_files', 'render_examples'
]
