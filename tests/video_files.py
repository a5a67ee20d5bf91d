# Copyright (c) mmhoi contributors.
"""Videos for tests."""
import cv2
import numpy as np


def write_video(path, num_frames, size=(96, 80), codec='mp4v'):
    """Write frames of one grey each, every one 40 levels lighter.

    Args:
        path (Path): The file, .mp4, or .avi with the codec MJPG.
        num_frames (int): Number of frames.
        size (tuple[int, int]): Width and height. Defaults to (96, 80).
        codec (str): Four letters. Defaults to 'mp4v'.
    """
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*codec), 10, size)
    for index in range(num_frames):
        writer.write(np.full((*size[::-1], 3), 40 * index % 256, np.uint8))
    writer.release()


def damage_frame(path, start, number=1):
    """Overwrite pictures of a .avi of MJPG with nonsense.

    Args:
        path (Path): The file.
        start (int): The first picture, from 0.
        number (int): How many. Defaults to 1.
    """
    content = bytearray(path.read_bytes())
    places, at = [], content.find(b'\xff\xd8\xff')
    while at >= 0:
        places.append(at)
        at = content.find(b'\xff\xd8\xff', at + 3)
    places.append(len(content))
    for first, end in zip(places[start:start + number], places[start + 1:]):
        # The start of the next picture's chunk is kept.
        content[first:end - 8] = bytes(end - 8 - first)
    path.write_bytes(content)
