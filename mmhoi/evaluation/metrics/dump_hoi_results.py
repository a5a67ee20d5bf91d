# Copyright (c) mmhoi contributors.
from pathlib import Path
from typing import Any, Sequence

from mmengine.evaluator import BaseMetric
from mmengine.fileio import dump
from mmengine.logging import print_log

from mmhoi.annotations.image_ids import is_image_id
from mmhoi.label_spaces.class_names import names_digest
from mmhoi.registry import METRICS
from mmhoi.utils.output_files import check_place
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.whole_file import write_whole
from ..prediction_io.hoi_dump import join_dump
from ..prediction_io.json_lines import write_json_lines
from ..prediction_io.pair_npz import write_npz


@METRICS.register_module()
class DumpHOIResults(BaseMetric):
    """Writes the predictions of a data set into one file; computes nothing.

    The file holds a list with one dict for each image, in the order of the
    data set: `img_id`, `img_path`, `ori_shape` (height, width), `classes` (a
    sign of the names of the HOIs, see `names_digest`) and
    `pred_hoi_instances`, a dict with K predictions, best score first:

    - sub_bboxes, obj_bboxes: (K, 4), xyxy in pixels of the original image.
    - labels, obj_labels, verb_labels: (K, ), HOI, object and verb ids.
    - top_obj_labels: (K, ), object class that the model predicts for the
      boxes, whichever HOI is scored.
    - scores, obj_scores: (K, ).
    - query_inds: (K, ), the query that each prediction comes from.

    The values are numpy arrays in a pickle file, lists in a json file. A file
    of JSON lines (one line per image) or an .npz file (arrays of all images)
    holds ids, boxes, HOI ids, scores and `top_obj_labels` only. The command
    `python -m mmhoi.evaluation` reads all of them, for each data set.

    Args:
        out_file (str): Path that ends in `.pkl`, `.pickle`, `.json`, `.jsonl`
            or `.npz`.
        **kwargs: Arguments of mmengine's BaseMetric.

    Raises:
        ValueError: If the file name has another ending.
    """

    ENDINGS = ('.pkl', '.pickle', '.json', '.jsonl', '.npz')
    WRITERS = {'.jsonl': write_json_lines, '.npz': write_npz}
    default_prefix = 'dump'

    def __init__(self, out_file: str, **kwargs) -> None:
        super().__init__(**kwargs)
        if Path(out_file).suffix not in self.ENDINGS:
            raise ValueError(f'predictions cannot be written to "{out_file}"; '
                             f'allowed endings: {", ".join(self.ENDINGS)}')
        self.out_file = out_file

    def see_dataset(self, dataset: Any) -> None:
        """Refuse at the start what the file could not hold at the end.

        Args:
            dataset (Any): The data set whose predictions will be written.

        Raises:
            SetupError: If the file cannot be written, or cannot hold the
                ids of the images.
        """
        check_place('--out', self.out_file)
        ending = Path(self.out_file).suffix
        if ending not in self.WRITERS or not hasattr(dataset, 'get_data_info'):
            return
        for index in range(len(dataset)):
            img_id = dataset.get_data_info(index).get('img_id')
            if isinstance(img_id, str) or not is_image_id(img_id):
                raise SetupError(
                    f'"{self.out_file}" cannot hold the img_id {img_id!r}: a '
                    f'{ending} file names images by whole numbers; write a '
                    '.pkl or .json file, or give each image a number as '
                    '`img_id` in the annotation file')

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep the predictions of a batch.

        Args:
            data_batch (Any): The batch from the data loader.
            data_samples (Sequence[dict]): Outputs of the model as dicts.
        """
        is_json = Path(self.out_file).suffix == '.json'
        for sample in data_samples:
            arrays = {
                name: value.cpu().numpy()
                for name, value in sample['pred_hoi_instances'].items()
            }
            self.results.append(
                dict(
                    img_id=sample['img_id'],
                    img_path=sample['img_path'],
                    ori_shape=tuple(sample['ori_shape']),
                    pred_hoi_instances={
                        name: value.tolist() if is_json else value
                        for name, value in arrays.items()
                    }))

    def compute_metrics(self, results: list) -> dict:
        """Write the file.

        Args:
            results (list[dict]): The kept predictions of all images.

        Returns:
            dict: Empty, there are no metrics.
        """
        path = Path(self.out_file)
        names = (self.dataset_meta or {}).get('hoi_classes')
        if names is not None:
            sign = names_digest(names)
            results = [dict(result, classes=sign) for result in results]
        write = self.WRITERS.get(path.suffix)
        if write is not None:
            with write_whole(path) as draft:
                write(draft, join_dump(results, path))
        else:
            with write_whole(path) as draft:
                dump(results, str(draft), file_format=path.suffix[1:])
        print_log(
            f'Predictions are written to {self.out_file}', logger='current')
        return {}
