# Copyright (c) mmhoi contributors.
"""Send a running web demo what its visitors had better not, and look on.

Starts demo/web_demo.py on this computer, sends at least 1,000 hostile files
and requests and, in between, good ones, whose predictions must be those of
HOIInferencer. Prints what came of each kind, memory after each round and its
growth per 1,000 requests from the first round on, in which libraries come to
keep what the largest requests need; and file descriptors, threads and files
before and after, that is after a hundred good requests and one pass of hostile
images. The exit status is 1 if something
is not as it should be. Needs Linux and requirements/web.txt.
"""
import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
from hostile_images import EITHER, REFUSED, good_images, hostile_images
from hostile_requests import (SECRETS, burst, event_reply, hold_open,
                              hostile_requests, leave_early)
from watched import Watched
from web_client import WebClient

ROOT = Path(__file__).resolve().parents[2]
#: Growth that counts as flat: MB of memory per 1,000 requests after the first
#: round, and numbers of the others.
MOST_SLOPE, FEW = 10, 8
KEEP_MINUTES = 0.5
#: Seconds within which each answer has to come.
LONGEST = 30
#: 10^6 bytes for the files of requests.
DISK_MB = 650


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--seed', type=int, default=0, help='default: 0')
    parser.add_argument(
        '--good-every',
        type=int,
        default=20,
        help='hostile requests between two good ones (default: 20)')
    parser.add_argument(
        '--rounds',
        type=int,
        default=4,
        help='times that all kinds come, each time others, at least 3 '
        '(default: 4)')
    parser.add_argument(
        '--log', help='file for the log of the server (default: none)')
    args = parser.parse_args()
    if args.rounds < 3:
        parser.error(f'--rounds {args.rounds}: must be at least 3')
    return args


def free_port():
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        return free.getsockname()[1]


def start_server(args, checkpoint, port, temp_dir, log):
    command = [
        sys.executable, ROOT / 'demo/web_demo.py', args.config, checkpoint,
        '--device', 'cpu', '--port', port, '--keep-minutes', KEEP_MINUTES,
        '--max-disk-mb', DISK_MB
    ]
    process = subprocess.Popen(
        list(map(str, command)),
        stdout=log,
        stderr=subprocess.STDOUT,
        env=dict(os.environ, TMPDIR=str(temp_dir)))
    end = time.time() + 300
    while time.time() < end and process.poll() is None:
        try:
            client = WebClient(port)
            folder, = temp_dir.glob('mmhoi_web_*')
            return client, Watched(process, folder)
        except ValueError:
            # Nobody answers yet.
            time.sleep(0.3)
    sys.exit('error: the web demo did not start; see --log')


class Fire:
    """Sends, counts and remembers what went wrong."""

    def __init__(self, client, watched, good, good_every):
        self.client, self.watched = client, watched
        self.good, self.good_every = good, good_every
        self.table = defaultdict(Counter)
        self.slowest = Counter()
        self.latencies = []
        self.faults = []
        self.rounds = []

    def shoot(self, kind, attack, expected=EITHER):
        """Send something hostile and judge the answer."""
        start = time.time()
        try:
            reply = attack(self.client)
        except Exception as error:
            self.fault(kind, f'{type(error).__name__}: {error}')
            return
        self.judge(kind, reply, time.time() - start, expected)
        if sum(map(len, self.all_replies())) % self.good_every == 0:
            self.ask_well()

    def note_round(self):
        """Requests so far and memory, MB."""
        count = sum(map(len, self.all_replies())) + len(self.latencies)
        self.rounds.append((count, self.watched.figures()['memory']))

    def all_replies(self):
        return [list(counter.elements()) for counter in self.table.values()]

    def judge(self, kind, reply, seconds, expected=EITHER):
        self.slowest[kind] = max(self.slowest[kind], seconds)
        name = str(reply.status) if reply.status else 'closed'
        self.table[kind][name] += 1
        if reply.status >= 500 and reply.status not in (503, 507):
            self.fault(kind, f'status {reply.status}')
        for secret in SECRETS:
            if secret in reply.body:
                self.fault(kind, f'{secret} in {reply.body[:300]}')
        if seconds > LONGEST:
            self.fault(kind, f'took {seconds:.1f} s')
        if reply.status >= 400 and str(ROOT).encode() in reply.body:
            self.fault(kind, f'a path in {reply.body[:300]}')
        if expected != EITHER and (reply.status != 200) != (expected
                                                            == REFUSED):
            self.fault(
                kind, f'should be {expected}: {reply.status} '
                f'{reply.body[:200]}')
        if self.watched.process.poll() is not None:
            raise SystemExit('error: the server has ended')

    def ask_well(self):
        """A good request, as a page makes it."""
        number = len(self.latencies)
        name = sorted(self.good)[number % len(self.good)]
        content, expected = self.good[name]
        session = f'good{number}'
        start = time.time()
        for _ in range(20):
            status, answer = self.client.show_image(name, content, session)
            if status != 503:
                break
            # The queue is full: told to come back.
            time.sleep(0.5)
        try:
            if status != 200 or not answer['success'] or answer['warnings']:
                raise ValueError(f'refused: {status} {str(answer)[:300]}')
            if self.client.detect(session) != expected:
                raise ValueError('another prediction')
        except (ValueError, OSError, StopIteration) as error:
            self.fault('good requests', f'{name}: {error!r}')
        self.latencies.append(time.time() - start)
        if number % 10 == 0:
            print(number, self.watched.figures(), flush=True)

    def fault(self, kind, reason):
        self.faults.append(f'{kind}: {reason}')
        print('FAULT', self.faults[-1], flush=True)


def expected_predictions(config, checkpoint, images, folder):
    """What HOIInferencer says to good images."""
    from mmhoi.apis import HOIInferencer
    inferencer = HOIInferencer(
        config, checkpoint, device='cpu', show_progress=False)
    good = {}
    for name, content in images.items():
        path = folder / name
        path.write_bytes(content)
        prediction, = inferencer(str(path))['predictions']
        del prediction['img_path']
        good[name] = content, prediction
    return good


def scene():
    """A rendered picture, RGB."""
    from mmhoi.synthetic import SceneRenderer, load_vocabulary
    renderer = SceneRenderer(192, 160)
    return renderer.render(
        np.random.default_rng(0),
        list(load_vocabulary().classes)[:2]).image


def open_canary(asked):
    """A server that nobody may ask; notes who does."""
    server = socket.create_server(('127.0.0.1', 0))

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            asked.append(connection.recv(100))
            connection.close()

    threading.Thread(target=accept, daemon=True).start()
    return server, 'http://127.0.0.1:%d/canary.png' % server.getsockname()[1]


def run_all(fire, args, secret, canary):
    """The whole programme."""
    rng = np.random.default_rng(args.seed)
    folder = str(fire.watched.folder)
    for _ in range(args.rounds):
        requests = list(hostile_requests(rng, secret, canary, folder))
        shots = [(kind, attack, EITHER) for kind, attack in requests]
        shots += [(kind, image_attack(name, content), expected)
                  for kind, name, content, expected in hostile_images(rng)]
        for i in rng.permutation(len(shots)):
            fire.shoot(*shots[i])
        fire.note_round()
    for _ in range(3):
        chosen = rng.choice(len(requests), 50, replace=False)
        start = time.time()
        replies = burst(fire.client, [requests[i][1] for i in chosen], 50)
        for reply in replies:
            fire.judge('bursts of 50', reply, time.time() - start)
        fire.ask_well()
        held = hold_open(fire.client, 400)
        for _ in range(3):
            fire.ask_well()
        fire.table['held open']['open'] += len(held)
        for connection in held:
            connection.close()
        leave_early(fire.client, 10)
        fire.table['left early']['left'] += 10
        fire.ask_well()
    fill_disk(fire, rng)


def fill_disk(fire, rng):
    """Send more than there is room for."""
    most = 0
    for i in range(80):
        content = rng.bytes(9_900_000)
        fire.shoot('disk', lambda client: client.upload('a.png', content))
        if i % 10 == 9:
            most = max(most, sum(fire.watched.sizes()))
    print(f'files of requests: at most {most / 1e6:.0f} MB')
    if most > 1e6 * DISK_MB:
        fire.fault('disk', f'{most} bytes')
    fire.ask_well()


def image_attack(name, content):
    """An upload and the event that chooses it."""
    return lambda client: event_reply(*client.show_image(
        name, content, 'hostile' + os.urandom(6).hex()))


def restart(args, port, temp_dir, images, log):
    """The server again, with other weights in a file of the same name.

    Returns:
        list[str]: What is wrong.
    """
    from mmhoi.apis.random_model import save_random_checkpoint
    path = temp_dir.parent / 'checkpoint.pth'
    save_random_checkpoint(args.config, path)
    good = expected_predictions(args.config, str(path), images,
                                temp_dir.parent)
    client, watched = start_server(args, path, port, temp_dir, log)
    fire = Fire(client, watched, good, args.good_every)
    try:
        for _ in range(3):
            # Names of visitors are those of before.
            fire.ask_well()
    finally:
        stop(watched)
    return fire.faults


def stop(watched):
    watched.process.send_signal(signal.SIGTERM)
    watched.process.wait(60)


def main():
    args = parse_args()
    asked = []
    with tempfile.TemporaryDirectory() as folder, open(args.log or os.devnull,
                                                       'w') as log:
        temp_dir = Path(folder, 'temp')
        temp_dir.mkdir()
        secret = Path(folder, 'secret.txt')
        secret.write_text('import torch')
        path = Path(folder, 'checkpoint.pth')
        shutil.copy(args.checkpoint, path)
        images = good_images(scene())
        good = expected_predictions(args.config, str(path), images,
                                    Path(folder))
        canary, address = open_canary(asked)
        port = free_port()
        client, watched = start_server(args, path, port, temp_dir, log)
        fire = Fire(client, watched, good, args.good_every)
        try:
            measure(fire, args, str(secret), address)
        finally:
            stop(watched)
            canary.close()
        faults = fire.faults + restart(args, port, temp_dir, images, log)
        # Asked of other servers, left behind, written elsewhere.
        faults += [
            *asked, *temp_dir.rglob('*mmhoi_web*'),
            *Path(folder).rglob('*evil*')
        ]
    print(f'{len(faults)} faults', *faults, sep='\n')
    return 1 if faults else 0


def measure(fire, args, secret, address):
    """Run and print the tables."""
    # As many as the server remembers.
    for _ in range(110):
        fire.ask_well()
    # Libraries keep memory for the largest that they have seen.
    for kind, name, content, expected in hostile_images(
            np.random.default_rng(args.seed + 1)):
        fire.shoot('warm-up', image_attack(name, content), expected)
    for connection in hold_open(fire.client, 400):
        connection.close()
    leave_early(fire.client, 10)
    warm = len(fire.latencies)
    settle(fire)
    before = fire.watched.figures()
    start = time.time()
    run_all(fire, args, secret, address)
    seconds = time.time() - start
    settle(fire)
    after = fire.watched.figures()
    slope = 1000 * np.polyfit(*zip(*fire.rounds), 1)[0]
    print('requests and memory in MB after each round:', fire.rounds,
          f'{slope:+.1f} MB per 1,000 requests')
    if slope > MOST_SLOPE:
        fire.fault('memory', f'{slope:+.1f} MB per 1,000 requests')
    for name in ('descriptors', 'threads', 'files'):
        if after[name] > before[name] + FEW:
            fire.fault(name, f'{before[name]} before, {after[name]} after')
    print(
        '\n| kind | count | outcome | slowest, s |\n| --- | --: | --- | --: |')
    for kind, outcomes in sorted(fire.table.items()):
        text = ', '.join(f'{k}: {v}' for k, v in sorted(outcomes.items()))
        print(f'| {kind} | {sum(outcomes.values())} | {text} | '
              f'{fire.slowest[kind]:.1f} |')
    total = sum(sum(x.values()) for x in fire.table.values())
    latencies = fire.latencies[warm:]
    print(f'\n{total} hostile in {seconds:.0f} s; {len(latencies)} good '
          f'requests, seconds: median {statistics.median(latencies):.2f}, '
          f'most {max(latencies):.2f}')
    print('before', before, '\nafter ', after, '\npeak memory',
          fire.watched.peak(), 'MB')


def settle(fire):
    """Wait until what is kept for a time is gone."""
    time.sleep(60 * KEEP_MINUTES * 2.5)


if __name__ == '__main__':
    sys.exit(main())
