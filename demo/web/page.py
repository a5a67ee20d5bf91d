# Copyright (c) mmhoi contributors.
"""The page of the web demo: what is on it and what happens on a click."""
import functools
import hashlib
import html
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import gradio as gr
import numpy as np

from mmhoi.utils.text_files import write_json
from .demo_model import TABLE_HEADERS, DemoModel, Detection, table_rows
from .upload_limits import FORMATS, UploadError

ABOUT = """# Human-object interactions
Send a picture or choose an example, then press **Detect**. A click on a row
of the table shows what the model looked at for that pair."""
# Labels lie over the corner of a picture.
CSS = """
#upload .wrap, #examples .grid-wrap, #attention .image-container {
    padding-top: 28px;
}
"""
PROMPT_HINT = 'a person riding a horse\na person feeding a cow'


class WebPage:
    """Draws the page and answers its events.

    Args:
        model (DemoModel): The model behind it.
        examples (Sequence[str]): Images to choose from.
        folder (str): Folder for the files of requests.
        keep_seconds (float): How long results are kept in memory.
    """

    def __init__(self, model: DemoModel, examples: Sequence[str], folder: str,
                 keep_seconds: float) -> None:
        self.model = model
        self.examples = list(examples)
        self.folder = folder
        self.keep_seconds = keep_seconds

    def build(self) -> gr.Blocks:
        """Lay out the page.

        Returns:
            gr.Blocks: The application, not started yet.
        """
        with gr.Blocks(
                title='mmhoi', analytics_enabled=False,
                fill_width=True) as page:
            self.path = self._state()
            self.detection = self._state()
            gr.Markdown(ABOUT)
            with gr.Row():
                with gr.Column(scale=1, min_width=320):
                    self._build_inputs()
                with gr.Column(scale=2, min_width=480):
                    self._build_results()
            self.attention = self._picture_area('Attention', 'attention', None)
            self._connect()
        return page

    def _state(self) -> gr.State:
        """What the server remembers of a visitor."""
        return gr.State(time_to_live=self.keep_seconds)

    def _build_inputs(self) -> None:
        limits = self.model.limits
        self.upload = gr.File(
            label=f'Picture, at most {limits.max_mb:g} MB and '
            f'{limits.max_pixels / 1e6:g} million pixels',
            file_types=list(sum(FORMATS.values(), ())),
            height=160,
            elem_id='upload')
        self.gallery = gr.Gallery(
            value=[self.model.preview(path) for path in self.examples],
            label='Examples',
            columns=3,
            height=300,
            allow_preview=False,
            interactive=False,
            buttons=[],
            elem_id='examples')
        self.threshold = gr.Slider(
            0,
            1,
            value=0.3,
            step=0.01,
            label='Smallest confidence',
            elem_id='threshold')
        takes_texts = self.model.takes_texts
        self.prompts = gr.Textbox(
            label='Own interactions, one per line (optional)' if takes_texts
            else 'Own interactions are not possible with this model',
            interactive=takes_texts,
            placeholder=PROMPT_HINT,
            lines=3,
            max_lines=8,
            elem_id='prompts')
        self.button = gr.Button('Detect', variant='primary', elem_id='detect')

    def _build_results(self) -> None:
        self.picture = self._picture_area('Picture', 'picture', 480)
        self.table = gr.Dataframe(
            headers=list(TABLE_HEADERS),
            datatype='str',
            label='Interactions',
            interactive=False,
            max_height=320,
            buttons=[],
            elem_id='table')
        self.download = gr.DownloadButton(
            'Download as JSON', interactive=False, elem_id='download')

    @staticmethod
    def _picture_area(label: str, elem_id: str,
                      height: Optional[int]) -> gr.Image:
        """An area for a picture; Gradio's share button would publish it."""
        return gr.Image(
            label=label,
            interactive=False,
            height=height,
            buttons=['download', 'fullscreen'],
            elem_id=elem_id)

    def _connect(self) -> None:
        """Say what happens on which event."""
        # One request at a time in all, not one for each event.
        shared = dict(
            concurrency_id='model',
            concurrency_limit=1,
            api_visibility='private')
        results = [self.table, self.download, self.attention]
        chosen = [self.path, self.detection, self.picture, *results]
        sources = [self.upload, self.gallery]
        self.upload.upload(
            answer(self.on_upload), self.upload, sources + chosen, **shared)
        self.upload.clear(
            answer(lambda: self._chosen(None)), None, chosen, **shared)
        self.gallery.select(
            answer(self.on_example), None, [self.upload, *chosen], **shared)
        self.button.click(
            answer(self.on_detect), [self.path, self.prompts, self.threshold],
            [self.detection, self.picture, *results], **shared)
        self.threshold.release(
            answer(self.on_threshold), [self.detection, self.threshold],
            [self.picture, self.table], **shared)
        self.table.select(
            answer(self.on_select), self.detection, self.attention, **shared)

    def on_upload(self, path: str) -> Tuple[Any, ...]:
        """Show a picture that was sent, or say why it is refused."""
        no_example = gr.Gallery(selected_index=None)
        try:
            return gr.skip(), no_example, *self._chosen(path)
        except UploadError as error:
            if os.path.exists(path):
                os.remove(path)
            _tell(error)
            return None, no_example, *self._chosen(None)

    def on_example(self, event: gr.SelectData) -> Tuple[Any, ...]:
        """Show an example."""
        if event.index not in range(len(self.examples)):
            raise UploadError('There is no such example.')
        return None, *self._chosen(self.examples[event.index])

    def _chosen(self, path: Optional[str]) -> Tuple[Any, ...]:
        """Show an image and empty all that belongs to the one before."""
        picture = path and self.model.preview(path)
        return path, None, picture, *self._no_results()

    @staticmethod
    def _no_results() -> Tuple[Any, ...]:
        """Empty table, download and attention."""
        return (gr.Dataframe([], label='Interactions'),
                gr.DownloadButton(value=None, interactive=False),
                gr.Image(None, label='Attention'))

    def on_detect(self, path: Optional[str], prompts: str,
                  threshold: float) -> Tuple[Any, ...]:
        """Detect interactions and show them."""
        try:
            if path is None:
                raise UploadError('First send a picture or choose an example.')
            detection = self.model.detect(path, prompts)
            picture, rows = self.on_threshold(detection, threshold)
        except UploadError as error:
            _tell(error)
            return None, gr.skip(), *self._no_results()
        file = self._write_json(detection)
        return (detection, picture, rows,
                gr.DownloadButton(value=file, interactive=True),
                gr.Image(None, label='Attention'))

    def on_threshold(self, detection: Optional[Detection],
                     threshold: float) -> Tuple[Any, Any]:
        """Show what reaches the smallest confidence."""
        if detection is None:
            return gr.skip(), gr.skip()
        rows = table_rows(detection.prediction, threshold)
        label = (f'Interactions: {len(rows)} of the '
                 f'{len(detection.prediction["hois"])} predictions have a '
                 f'confidence above {threshold:g}')
        return (self.model.draw(detection,
                                threshold), gr.Dataframe(rows, label=label))

    def on_select(self, detection: Optional[Detection],
                  event: gr.SelectData) -> Optional[np.ndarray]:
        """Show the attention for the pair of a row."""
        if detection is None or not event.row_value:
            return None
        try:
            pair = int(event.row_value[0]) - 1
        except ValueError:
            raise UploadError('There is no such row.') from None
        picture = self.model.draw_attention(detection, pair)
        return gr.Image(
            picture,
            label='Attention for '
            f'{detection.prediction["hois"][pair]["text"]} (row {pair + 1})')

    def _write_json(self, detection: Detection) -> str:
        """Write the predictions to a file that can be downloaded.

        Its name has the picture's and a sign of the content, so that a folder
        of downloads never has two files of one name.
        """
        sign = hashlib.sha256(repr(
            detection.prediction).encode()).hexdigest()[:8]
        # Most file systems have names of up to 255 bytes.
        name = os.path.basename(detection.path).encode()[:200]
        folder = tempfile.mkdtemp(dir=self.folder)
        path = Path(folder, f'{name.decode(errors="ignore")}.{sign}.json')
        write_json(path, detection.prediction, indent=1)
        return str(path)


def event_inputs(page: gr.Blocks) -> Dict[int, List[str]]:
    """What the events of a page read.

    Args:
        page (gr.Blocks): The page.

    Returns:
        dict[int, list[str]]: Names of the components, by the event's number.
    """
    return {
        number: [type(component).__name__ for component in event.inputs]
        for number, event in page.fns.items()
    }


def answer(handler: Callable) -> Callable:
    """Have an event end in a message, whatever happens.

    Args:
        handler (Callable): What answers it.

    Returns:
        Callable: The same; without a traceback, and without the names of
        files that one would show.
    """

    @functools.wraps(handler)
    def answer_or_tell(*args: Any) -> Any:
        try:
            return handler(*args)
        except UploadError as error:
            raise gr.Error(
                html.escape(str(error)), print_exception=False) from error
        except Exception as error:
            name = getattr(handler, '__name__', 'event')
            print(f'{name} failed: {type(error).__name__}', file=sys.stderr)
            raise gr.Error(
                'The server could not do this; try it again or with another '
                'picture.',
                print_exception=False) from error

    return answer_or_tell


def _tell(error: ValueError) -> None:
    """Show a message; messages are HTML, and may quote what was typed."""
    gr.Warning(html.escape(str(error)))
