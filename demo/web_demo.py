# Copyright (c) mmhoi contributors.
"""Show a model in the browser: pictures, own interactions, attention."""
import argparse
import ipaddress
import os
import sys
import warnings

from web import (MOST_UPLOADS, RequestFolder, RouteFilter, UploadLimits,
                 few_arenas, find_examples, render_examples)

from mmhoi.utils.font_option import add_font_argument
from mmhoi.utils.model_arguments import (add_model_arguments,
                                         parse_model_arguments)
from mmhoi.utils.one_line_errors import one_line_errors
from mmhoi.utils.termination import raised_by_sigterm
from mmhoi.utils.utf8 import use_utf8

_EPILOG = """\
The page is for this computer only unless --host says otherwise. Nothing that
is sent is executed; files of requests are removed after --keep-minutes and at
the end.

example:
  python demo/web_demo.py configs/hoiclip/hoiclip_mini_synhico.py \\
      work_dirs/demo/train/epoch_4.pth
"""
#: Requests that wait for the model; more are told to come back.
QUEUE_SIZE = 16
#: Visitors whose last predictions are remembered.
MOST_SESSIONS = 100
FONTS = ('system-ui', 'sans-serif')


def parse_args(argv=None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add_model_arguments(parser)
    parser.add_argument(
        '--host',
        default='127.0.0.1',
        help='address to listen on; 0.0.0.0 lets everybody in the network '
        'use the page, without a password (default: %(default)s)')
    parser.add_argument(
        '--port', type=int, default=7860, help='default: %(default)s')
    parser.add_argument(
        '--device',
        help='such as cpu or cuda:0; default: a GPU if there is '
        'one')
    add_font_argument(parser)
    parser.add_argument(
        '--examples',
        metavar='DIR',
        help='folder of images to choose from; default: rendered ones')
    parser.add_argument(
        '--max-mb',
        type=float,
        default=10,
        help='largest file that can be sent, 10^6 bytes (default: '
        '%(default)s)')
    parser.add_argument(
        '--max-pixels',
        type=int,
        default=25_000_000,
        help='largest width x height of an image (default: %(default)s)')
    parser.add_argument(
        '--keep-minutes',
        type=float,
        default=10,
        help='how long files of requests and results are kept (default: '
        '%(default)s)')
    parser.add_argument(
        '--max-disk-mb',
        type=float,
        help='files of requests and results at a time, 10^6 bytes; the '
        'oldest make room for new ones (default: 100 times --max-mb)')
    args = parser.parse_args(argv)
    parse_model_arguments(parser, args)
    if args.keep_minutes <= 0:
        parser.error('--keep-minutes must be more than 0')
    if args.max_disk_mb is None:
        args.max_disk_mb = 100 * args.max_mb
    elif args.max_disk_mb < MOST_UPLOADS * args.max_mb:
        parser.error(f'--max-disk-mb {args.max_disk_mb:g} must have room for '
                     f'{MOST_UPLOADS} files of --max-mb {args.max_mb:g}')
    return args


def is_loopback(host: str) -> bool:
    """Whether only this computer can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == 'localhost'


def make_model(args, limits):
    """The model behind the page."""
    # They take seconds to import, which --help need not wait for.
    from mmengine.logging import MMLogger
    from web.demo_model import DemoModel

    from mmhoi.apis import HOIInferencer
    from mmhoi.utils.fonts import fonts_for
    inferencer = HOIInferencer(
        args.config,
        args.checkpoint,
        device=args.device,
        show_progress=False,
        font=args.font)
    # Said now, before the logger falls silent.
    names = inferencer.dataset_meta
    fonts_for(' '.join([*names['classes'], *names['verb_classes']]), args.font)
    # Warnings quote own interactions, which are not to stay in a log.
    MMLogger.get_current_instance().setLevel('ERROR')
    return DemoModel(inferencer, limits)


def middleware(args, limits, folder, inputs):
    """What a request passes before it reaches Gradio."""
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    parts = [
        Middleware(
            RouteFilter,
            max_bytes=limits.max_bytes,
            folder=folder,
            inputs=inputs)
    ]
    if is_loopback(args.host):
        # A web page elsewhere could have its name point to this computer.
        hosts = ['localhost', '127.0.0.1', '[::1]', args.host]
        parts.insert(0, Middleware(TrustedHostMiddleware, hosts))
    return parts


def serve(args, limits, folder):
    """Run the page until the program is interrupted."""
    # Gradio reads its settings when it is imported.
    import gradio as gr
    from web.connections import few_threads, guard_connections
    from web.page import CSS, WebPage, event_inputs
    model = make_model(args, limits)
    reason = model.try_texts()
    if reason:
        warnings.warn(f'own interactions are not possible: {reason}')
    if args.examples:
        examples = find_examples(args.examples, model.preview)
    else:
        examples = render_examples(folder.path)
    keep_seconds = 60 * args.keep_minutes
    page = WebPage(model, examples, folder.path, keep_seconds).build()
    page.queue(max_size=QUEUE_SIZE, api_open=False)
    folder.start()
    if not is_loopback(args.host):
        warnings.warn(f'--host {args.host}: everybody who can reach this '
                      'computer can use the page; there is no password and no '
                      'encryption')
    page.launch(
        server_name=args.host,
        server_port=args.port,
        share=False,
        allowed_paths=[],
        max_file_size=limits.max_bytes,
        footer_links=[],
        run_history=False,
        css=CSS,
        # Fonts of the system: the page needs nothing of the internet.
        theme=gr.themes.Default(font=FONTS, font_mono=FONTS),
        ssr_mode=False,
        quiet=True,
        prevent_thread_lock=True,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        # One request at a time needs one thread.
        max_threads=1,
        state_session_capacity=MOST_SESSIONS,
        app_kwargs=dict(
            lifespan=few_threads,
            middleware=middleware(args, limits, folder, event_inputs(page))))
    # Gradio starts its server itself and lets nobody set it up.
    guard_connections(page.server)
    print(f'The page is at {page.local_url} until Ctrl-C.', flush=True)
    page.block_thread()


@one_line_errors(requirements='requirements/web.txt')
def main(argv=None) -> int:
    """Run the demo; returns the exit status."""
    args = parse_args(argv)
    few_arenas()
    limits = UploadLimits(args.max_mb, args.max_pixels)
    # Without the first the files of requests would stay behind.
    with raised_by_sigterm(SystemExit(0)), RequestFolder(
            60 * args.keep_minutes, int(1e6 * args.max_disk_mb)) as folder:
        os.environ.update(
            GRADIO_TEMP_DIR=folder.path,
            GRADIO_ANALYTICS_ENABLED='False',
            # Gradio goes through all of them after each request.
            GRADIO_ANALYTICS_MAX_EVENTS='1')
        serve(args, limits, folder)
    return 0


if __name__ == '__main__':
    use_utf8()
    sys.exit(main())
