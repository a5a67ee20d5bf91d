# Copyright (c) mmhoi contributors.
"""The official files of HICO-DET, anno_bbox.mat and anno.mat."""
import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple, Union

import numpy as np

from mmhoi.label_spaces import LabelSpace
from .annotation_report import AnnotationReport
from .hoia_writing import hoia_record, image_number

# The order of the fields in the files is x1, x2, y1, y2.
BBOX_FIELDS = ('x1', 'y1', 'x2', 'y2')
OFFICIAL_ORIGIN = 1

INVISIBLE = 'HOI that is in the image but has no boxes (invis), left out'
BAD_IMAGE = 'image entry that cannot be read, left out'
BAD_HOI = 'HOI entry that cannot be read, left out'
BAD_CONNECTION = 'connection to a box that does not exist, left out'
BAD_BBOX = 'box that is not finite, its pair left out'
NO_CONNECTION = 'visible HOI without any connection'
EMPTY_BBOX = 'empty or inverted box, kept'
OUTSIDE = 'box that reaches out of its image, kept'

Pairs = Tuple[np.ndarray, np.ndarray]


def load_mat(path: Union[str, Path],
             names: Sequence[str]) -> Dict[str, np.ndarray]:
    """Read some variables of a MATLAB file.

    Args:
        path (str | Path): File in the format of MATLAB 5 to 7.
        names (Sequence[str]): Variables to read; the others cost no memory.

    Returns:
        dict[str, np.ndarray]: Those of them that the file has.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is damaged, no MATLAB file, or has none of them.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path} does not exist; {_remedy(path)}')
    present, content = _load_apart(path, names)
    found = {name: content[name] for name in names if name in content}
    if not found:
        raise ValueError(
            f'{path} has none of the variables {", ".join(names)}, only '
            f'{", ".join(present) or "nothing"}; {_remedy(path)}')
    return found


def check_actions(list_action: np.ndarray, space: LabelSpace,
                  path: Union[str, Path]) -> None:
    """Compare the file's list of HOIs with the label space.

    Args:
        list_action (np.ndarray): The variable of that name.
        space (LabelSpace): Tables of HICO-DET.
        path (str | Path): The file, for the message.

    Raises:
        ValueError: If number, names or order differ.
    """
    rows = list_action.ravel()
    if len(rows) != len(space.hois):
        raise ValueError(f'{path}: list_action has {len(rows)} HOIs instead '
                         f'of {len(space.hois)}; {_remedy(path)}')
    for index, (row, hoi) in enumerate(zip(rows, space.hois)):
        name = f'{_text(row["vname"])} {_text(row["nname"])}'
        if name.replace('_', ' ') != hoi.replace('_', ' '):
            raise ValueError(
                f'{path}: list_action({index + 1}) is "{name}" instead of '
                f'"{hoi}"; the HOI ids of this file are not the official ones')


def mat_record(image: np.void, space: LabelSpace, origin: int, place: str,
               report: AnnotationReport) -> List[dict]:
    """HOIA entry of one image.

    Each row of `connection` of a visible HOI becomes one interaction. What
    cannot be read is left out and counted.

    Args:
        image (np.void): Element of `bbox_train` or `bbox_test`.
        space (LabelSpace): Tables of HICO-DET.
        origin (int): Number to give to the first pixel column and row, 1 for
            the official numbers unchanged or 0.
        place (str): Where the image is in the file, such as `bbox_test(3)`.
        report (AnnotationReport): Takes what is left out or odd.

    Returns:
        list[dict]: One entry, none if the image cannot be read.
    """
    try:
        file_name = _text(image['filename'])
        image_number(file_name)
        size = image['size'].ravel()[0]
        width, height = _number(size['width']), _number(size['height'])
        entries = image['hoi'].ravel()
    except (LookupError, TypeError, ValueError) as error:
        report.add(BAD_IMAGE, f'{place}: {type(error).__name__} {error}')
        return []
    sub_bboxes, obj_bboxes, hois = [], [], []
    for index, entry in enumerate(entries):
        hoi_place = f'{file_name} hoi({index + 1})'
        hoi, pairs = _read_hoi(entry, len(space.hois), hoi_place, report)
        for subs, objs in pairs:
            sub_bboxes.append(subs)
            obj_bboxes.append(objs)
            hois.append(hoi)
    boxes = np.array(sub_bboxes + obj_bboxes, float).reshape(-1, 4)
    _report_odd_boxes(boxes, (width, height), file_name, report)
    subs, objs = np.split(boxes + origin - OFFICIAL_ORIGIN, 2)
    return [hoia_record(file_name, subs, objs, hois, space)]


def known_object_table(anno: Dict[str, np.ndarray],
                       space: LabelSpace) -> Tuple[np.ndarray, np.ndarray]:
    """Test images that count for each object in the Known-Object setting.

    These are the images that the image-level labels mark as positive (1) for
    any HOI of the object; -1, 0 and NaN do not count.

    Args:
        anno (dict[str, np.ndarray]): `anno_test` of shape (600, B) and
            `list_test` with B names, from anno.mat.
        space (LabelSpace): Tables of HICO-DET, O objects.

    Returns:
        tuple[np.ndarray, np.ndarray]:

        - image_ids: Numbers in the names of the images, shape (B, ).
        - table: Whether an image counts for an object, objects in the order
          of COCO, bool, shape (O, B).

    Raises:
        ValueError: If a variable is missing or the shapes do not fit.
    """
    missing = {'anno_test', 'list_test'}.difference(anno)
    if missing:
        raise ValueError(f'{", ".join(missing)} is missing; give the '
                         'complete anno.mat')
    labels = np.asarray(anno['anno_test'], float)
    image_ids = np.array(
        [image_number(_text(name)) for name in anno['list_test'].ravel()],
        np.int64)
    if labels.shape != (len(space.hois), len(image_ids)):
        raise ValueError(
            f'anno_test has shape {labels.shape} instead of '
            f'{(len(space.hois), len(image_ids))}: one row for each HOI, one '
            'column for each name in list_test')
    table = np.stack([(labels[space.hoi_objects == label] == 1).any(0)
                      for label in range(len(space.objects))])
    return image_ids, table


def _load_apart(path: Path,
                names: Sequence[str]) -> Tuple[List[str], Dict[str, Any]]:
    """Names of all variables and the content of some.

    SciPy crashes on some damaged files, and not each time: what another
    process has survived could still end this one.
    """
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(
        target=_send_content, args=(path, names, sender))
    process.start()
    # So that the end of the process is the end of the pipe.
    sender.close()
    with receiver:
        try:
            result = receiver.recv()
        except EOFError:
            result = None
    process.join()
    if result is None:
        raise ValueError(f'{path} is damaged: reading it crashes (signal '
                         f'{-process.exitcode}); {_remedy(path)}')
    if isinstance(result, str):
        raise ValueError(
            f'{path} cannot be read as a MATLAB file of version 5 to 7 '
            f'({result}); it may be incomplete or saved with -v7.3: '
            f'{_remedy(path)}')
    return result


def _send_content(path: Path, names: Sequence[str],
                  sender: Connection) -> None:
    """Read a file in a process that may crash; send an error as text."""
    from scipy.io import loadmat, whosmat

    try:
        sender.send(([name for name, *_ in whosmat(path)],
                     loadmat(path, variable_names=list(names))))
    # scipy passes on whatever its parsers and zlib run into.
    except Exception as error:
        sender.send(f'{type(error).__name__}: {error}')


def _read_hoi(entry: np.void, num_hois: int, place: str,
              report: AnnotationReport) -> Tuple[int, List[Pairs]]:
    """0-based HOI id and boxes of the pairs of one HOI entry."""
    try:
        hoi = int(_number(entry['id'])) - 1
        if not 0 <= hoi < num_hois:
            raise ValueError(f'id {hoi + 1} is not in 1..{num_hois}')
        if _number(entry['invis']) == 1:
            report.add(INVISIBLE, place)
            return hoi, []
        subs, objs = _bboxes(entry['bboxhuman']), _bboxes(entry['bboxobject'])
        connection = np.asarray(entry['connection'], float).reshape(-1, 2)
    except (LookupError, OverflowError, TypeError, ValueError) as error:
        report.add(BAD_HOI, f'{place}: {type(error).__name__} {error}')
        return -1, []
    if not len(connection):
        report.add(NO_CONNECTION, place)
    pairs = []
    for row, (sub, obj) in enumerate(connection):
        row_place = f'{place}.connection({row + 1})'
        if sub not in range(1,
                            len(subs) + 1) or obj not in range(
                                1,
                                len(objs) + 1):
            report.add(BAD_CONNECTION, row_place)
            continue
        pair = subs[int(sub) - 1], objs[int(obj) - 1]
        if np.isfinite(pair).all():
            pairs.append(pair)
        else:
            report.add(BAD_BBOX, row_place)
    return hoi, pairs


def _report_odd_boxes(boxes: np.ndarray, size: Tuple[float, float],
                      file_name: str, report: AnnotationReport) -> None:
    """Count boxes (N, 4), official xyxy, that are empty or too large."""
    for bbox in np.unique(boxes, axis=0):
        place = f'{file_name} {bbox.tolist()}'
        if (bbox[2:] <= bbox[:2]).any():
            report.add(EMPTY_BBOX, place)
        if (bbox[:2] < OFFICIAL_ORIGIN).any() or (bbox[2:] > size).any():
            report.add(OUTSIDE, place)


def _bboxes(structs: np.ndarray) -> np.ndarray:
    """Boxes of a struct array as xyxy, shape (N, 4)."""
    return np.array([[_number(box[field]) for field in BBOX_FIELDS]
                     for box in structs.ravel()], float).reshape(-1, 4)


def _number(value: object) -> float:
    """The number in an array that holds one number."""
    return float(np.asarray(value, float).reshape(()))


def _text(value: object) -> str:
    """The text in an array or cell that holds one text."""
    array = np.asarray(value).ravel()
    return '' if len(array) == 0 else _text(
        array[0]) if array.dtype == object else str(array[0])


def _remedy(path: Union[str, Path]) -> str:
    return (f'get {Path(path).name} from hico_20160224_det of the data set\'s '
            'authors')
