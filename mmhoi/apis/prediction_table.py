# Copyright (c) mmhoi contributors.
"""Predictions as rows of parquet files, one row for each image."""
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Sequence

from mmhoi.utils.file_hash import file_sign

if TYPE_CHECKING:
    import pyarrow as pa

# Names are those of `sample_to_dict`; pyarrow is imported where it is used,
# because the rest of mmhoi works without it.
HOI_FIELDS = ('text', 'verb', 'object', 'score', 'confidence', 'obj_score',
              'label', 'verb_label', 'obj_label', 'query_ind', 'sub_bbox',
              'obj_bbox')


def prediction_schema() -> 'pa.Schema':
    """Columns of the table of predictions.

    Returns:
        pa.Schema: `path` (string), `content` (string, a sign of what the file
        held, see `file_sign`), `width` and `height` (int32), `error`
        (string), and a list of K values for each field of a prediction, best
        score first, see :func:`mmhoi.apis.hoi_result.sample_to_dict`. Boxes
        are lists of x1, y1, x2, y2. Either `error` is null or all other
        columns but `path` and `content` are.
    """
    import pyarrow as pa
    types = dict.fromkeys(HOI_FIELDS, pa.float32())
    types.update(dict.fromkeys(('text', 'verb', 'object'), pa.string()))
    types.update(
        dict.fromkeys(('label', 'verb_label', 'obj_label', 'query_ind'),
                      pa.int32()))
    types.update(
        dict.fromkeys(('sub_bbox', 'obj_bbox'), pa.list_(pa.float32())))
    return pa.schema([('path', pa.string()), ('content', pa.string()),
                      ('width', pa.int32()), ('height', pa.int32()),
                      ('error', pa.string()),
                      *((name, pa.list_(types[name])) for name in HOI_FIELDS)])


def predictions_to_table(predictions: Sequence[Dict[str, Any]]) -> 'pa.Table':
    """Turn predictions of images into rows.

    Args:
        predictions (Sequence[dict]): As :class:`HOIInferencer` returns them:
            of `sample_to_dict`, or `img_path` and `error`.

    Returns:
        pa.Table: A row for each, see :func:`prediction_schema`.
    """
    import pyarrow as pa
    return pa.Table.from_pylist(
        [_row(prediction) for prediction in predictions],
        schema=prediction_schema())


def _row(prediction: Dict[str, Any]) -> Dict[str, Any]:
    """Columns of an image; those left out are null."""
    path = prediction['img_path']
    row = dict(path=path, content=file_sign(path) or None)
    if 'error' in prediction:
        return dict(row, error=prediction['error'])
    hois = prediction['hois']
    return dict(
        row,
        width=prediction['width'],
        height=prediction['height'],
        **{name: [hoi[name] for hoi in hois]
           for name in HOI_FIELDS})


def read_outcomes(folder: str) -> 'pa.Table':
    """Find out which images a folder of predictions has.

    A file whose writing was cut off is not readable. It is renamed to
    `_unfinished_<name>`, which readers of parquet folders leave out.

    Args:
        folder (str): Folder of parquet files.

    Returns:
        pa.Table: `path`, `error` and `content` of each image, in no order;
        files of earlier versions have no `content`, which is null then.

    Raises:
        ValueError: If a parquet file holds something else.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile
    schema = pa.schema([('path', pa.string()), ('error', pa.string())])
    tables = [schema.append(pa.field('content', pa.string())).empty_table()]
    for path in sorted(Path(folder).glob('[!_.]*.parquet')):
        try:
            file = ParquetFile(path)
        except pa.ArrowInvalid:
            path.rename(path.with_name(f'_unfinished_{path.name}'))
            continue
        with file:
            if not set(schema.names) <= set(file.schema_arrow.names):
                raise ValueError(
                    f'"{path}" holds no predictions: it has no columns '
                    f'{" and ".join(schema.names)}; choose another folder')
            table = file.read(columns=[*schema.names, 'content'])
            if 'content' not in table.column_names:
                table = table.append_column('content',
                                            pa.nulls(len(table), pa.string()))
            tables.append(table.select([*schema.names, 'content']))
    return pa.concat_tables(tables)
