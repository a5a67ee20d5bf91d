# Copyright (c) mmhoi contributors.
"""A client of the web demo that can also misbehave."""
import http.client
import json
import secrets
import socket
from typing import Any, Dict, List, NamedTuple, Optional, Tuple
from urllib.parse import quote

UPLOAD, JOIN = '/gradio_api/upload', '/gradio_api/queue/join'
JSON = {'Content-Type': 'application/json'}


class Reply(NamedTuple):
    """An answer of the server.

    Attributes:
        status (int): Of HTTP; 0 if the connection was closed without one.
        body (bytes): What came.
        headers (dict): Names in lower case.
    """
    status: int
    body: bytes
    headers: Dict[str, str] = {}


class WebClient:
    """Sends requests to the demo on this computer.

    Args:
        port (int): Where it is.
        timeout (float): Seconds until an answer counts as missing.
    """

    def __init__(self, port: int, timeout: float = 60) -> None:
        self.port = port
        self.timeout = timeout
        config = json.loads(self.ask('GET', '/config').body)
        self._ids = {
            part['props'].get('elem_id'): part['id']
            for part in config['components']
        }
        self._events = {
            (name, event): self._number(config, name, event)
            for name, event in (('upload', 'upload'), ('detect', 'click'),
                                ('examples', 'select'),
                                ('threshold', 'release'), ('table', 'select'))
        }

    def ask(self,
            method: str,
            path: str,
            headers: Optional[dict] = None,
            body: Optional[bytes] = None) -> Reply:
        """Send a well-formed request; the path is sent as it is."""
        connection = http.client.HTTPConnection(
            '127.0.0.1', self.port, timeout=self.timeout)
        try:
            connection.putrequest(
                method,
                path,
                skip_host='Host' in (headers or {}),
                skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None and 'Content-Length' not in (headers or {}):
                connection.putheader('Content-Length', str(len(body)))
            connection.endheaders(body)
            return self._read(connection)
        # The server may close before it has read all.
        except (ConnectionError, http.client.RemoteDisconnected):
            return Reply(0, b'')
        finally:
            connection.close()

    @staticmethod
    def _read(connection: http.client.HTTPConnection) -> Reply:
        answer = connection.getresponse()
        headers = {k.lower(): v for k, v in answer.getheaders()}
        return Reply(answer.status, answer.read(), headers)

    def connect(self) -> socket.socket:
        """A connection for bytes of any kind."""
        return socket.create_connection(('127.0.0.1', self.port), self.timeout)

    def send_raw(self, data: bytes, finish: bool = True) -> Reply:
        """Send bytes and read what comes until the server closes, or pauses.

        Args:
            data (bytes): To be sent.
            finish (bool): Whether to say that nothing more comes. Defaults to
                True.
        """
        with self.connect() as connection:
            try:
                connection.sendall(data)
                if finish:
                    connection.shutdown(socket.SHUT_WR)
                connection.settimeout(2)
                content = connection.recv(65536)
            except (ConnectionError, socket.timeout, OSError):
                content = b''
        words = content.split(b' ', 2)
        is_http = len(words) > 1 and words[1].isdigit()
        return Reply(int(words[1]) if is_http else 0, content)

    def upload(self, name: str, content: bytes) -> Reply:
        """Send a file; the body of the answer is a list of its path."""
        boundary = secrets.token_hex(16)
        body = b'--%b\r\nContent-Disposition: form-data; name="files"; ' \
               b'filename="%b"\r\n\r\n%b\r\n--%b--\r\n' % (
                   boundary.encode(), name.encode('utf-8', 'surrogatepass'),
                   content, boundary.encode())
        kind = f'multipart/form-data; boundary={boundary}'
        return self.ask('POST', UPLOAD, {'Content-Type': kind}, body)

    def event_body(self,
                   name: str,
                   event: str,
                   data: list,
                   session: str,
                   selection: Any = None) -> Dict[str, Any]:
        """What the page sends on an event."""
        return dict(
            data=data,
            fn_index=self._events[name, event],
            trigger_id=self._ids[name],
            session_hash=session,
            event_data=selection)

    def send_event(self, *args: Any) -> Tuple[int, Any]:
        """Send an event and wait for its end.

        Args:
            *args (Any): Of `event_body`.

        Returns:
            tuple[int, Any]: Status, and the text of a refusal or the last
            message: `success`, `output` and, here, `warnings`.
        """
        body = self.event_body(*args)
        reply = self.ask('POST', JOIN, JSON, json.dumps(body).encode())
        if reply.status != 200:
            return reply.status, reply.body.decode(errors='replace')
        stream = self.ask(
            'GET',
            f'/gradio_api/queue/data?session_hash={body["session_hash"]}')
        messages = [
            json.loads(line[6:]) for line in stream.body.decode().split('\n')
            if line.startswith('data: ')
        ]
        # The stream may begin with what an event before it has left.
        own = json.loads(reply.body)['event_id']
        last = [
            x for x in messages
            if x['msg'] == 'process_completed' and x.get('event_id') == own
        ]
        if not last:
            return 0, f'the stream ended without an answer: {messages[-1:]}'
        last[0]['warnings'] = [x['log'] for x in messages if x['msg'] == 'log']
        return 200, last[0]

    def show_image(self, name: str, content: bytes,
                   session: str) -> Tuple[int, Any]:
        """Send a file and choose it: what the page does on an upload."""
        reply = self.upload(name, content)
        if reply.status != 200:
            return reply.status, reply.body.decode(errors='replace')
        path, = json.loads(reply.body)
        file = dict(path=path, meta=dict(_type='gradio.FileData'))
        return self.send_event('upload', 'upload', [file], session)

    def detect(self, session: str, texts: str = '') -> Any:
        """Predict for the chosen image; returns what can be downloaded.

        Raises:
            ValueError: If there is no such answer.
        """
        status, answer = self.send_event('detect', 'click', [None, texts, 0.3],
                                         session)
        if status != 200 or not answer['success'] or answer['warnings']:
            raise ValueError(f'no detection: {status} {str(answer)[:300]}')
        file = find_download(answer['output']['data'])
        reply = self.ask('GET', f'/gradio_api/file={quote(file)}')
        return json.loads(reply.body)

    def _number(self, config: dict, name: str, event: str) -> int:
        number, = (
            x['id'] for x in config['dependencies']
            if [self._ids[name], event] in map(list, x['targets']))
        return number


def find_download(data: List[Any]) -> str:
    """The path of the JSON file in what an event returns."""

    def paths(value: Any) -> List[str]:
        if isinstance(value, dict):
            own = [value['path']] if isinstance(value.get('path'), str) else []
            return own + sum(map(paths, value.values()), [])
        return sum(map(paths, value), []) if isinstance(value, list) else []

    return next(x for x in paths(data) if x.endswith('.json'))
