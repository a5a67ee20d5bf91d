# Copyright (c) mmhoi contributors.
"""Videos for tests."""
import cv2
import numpy as np


def write_video(path, num_frames, size=(96, 80)):
    """Write frames of one grey each, every one 40 levels lighter.

    Args:
        path (Path): The file, .mp4.
        num_frames (int): Number of frames.
        size (tuple[int, int]): Width and height. Defaults to (96, 80).
    """
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter_fourcc(*'mp4v'), 10, size)
    for index in range(num_frames):
        writer.write(np.full((*size[::-1], 3), 40 * index, np.uint8))
    writer.release()
