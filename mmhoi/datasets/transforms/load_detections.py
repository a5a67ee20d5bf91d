# Copyright (c) mmhoi contributors.
from typing import TYPE_CHECKING, Any, Optional

from mmhoi.annotations.detection_files import (Detections, DetectionTable,
                                               read_detections)
from mmhoi.label_spaces import LabelSpace
from mmhoi.registry import TRANSFORMS
from .place_detections import PlaceDetections

if TYPE_CHECKING:
    from ..hoi_dataset import HOIDataset


@TRANSFORMS.register_module()
class LoadDetections(PlaceDetections):
    """Load the boxes that any detector has found in an image.

    To be placed after flips, crops and resizes, see `PlaceDetections`. The
    file is read once, when the data set is built: processes that load images
    share it.

    Required Keys:

    - img_path
    - img_id (optional)
    - label_space (LabelSpace; as `HOIDataset` gives it)
    - those of `PlaceDetections` but `detections`

    Added Keys:

    - detections (Detections: in pixels of the original image)
    - det_instances (Detections: in pixels of the input image)

    Args:
        file (str): Boxes of all images: COCO results, a folder with a json
            for each image, or a .json or .npz of
            tools/analysis_tools/dump_detections.py.
        format (str, optional): `coco`, `hicodet` or `mmhoi`. Defaults to
            None: what the content tells.
        categories (Any): What class ids mean, see
            :func:`mmhoi.annotations.detection_files.read_categories`.
            Defaults to None: the file names its classes.
        score_thr (float): Smallest score, 0..1, of boxes that are used.
            Defaults to 0.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be used, see
            :func:`mmhoi.annotations.detection_files.read_detections`, or is
            of other images.
    """

    def __init__(self,
                 file: str,
                 format: Optional[str] = None,
                 categories: Any = None,
                 score_thr: float = 0.) -> None:
        super().__init__(score_thr)
        self.file = file
        self.format = format
        self.categories = categories
        self.table: Optional[DetectionTable] = None

    def see_dataset(self, dataset: 'HOIDataset') -> None:
        """Read the file, and compare its images with those of a data set.

        Args:
            dataset (HOIDataset): The data set whose pipeline this is part of.
        """
        infos = [dataset.get_data_info(i) for i in range(len(dataset))]
        if infos:
            self._read(infos[0]['label_space'])
            self.table.check_images(((x['img_path'], x.get('img_id'))
                                     for x in infos), f'boxes "{self.file}"')

    def transform(self, results: dict) -> dict:
        """Add the boxes; none for an image that the file does not name.

        Args:
            results (dict): Result dict of the pipeline.

        Returns:
            dict: The same with the added keys.
        """
        if self.table is None:
            self._read(results['label_space'])
        found = self.table.find(results['img_path'], results.get('img_id'))
        results['detections'] = Detections.none() if found is None else found
        return super().transform(results)

    def _read(self, space: LabelSpace) -> None:
        self.table = read_detections(self.file, space, self.format,
                                     self.categories)

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(file={self.file!r}, '
                f'format={self.format!r}, categories={self.categories!r}, '
                f'score_thr={self.score_thr})')
