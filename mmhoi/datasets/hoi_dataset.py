# Copyright (c) mmhoi contributors.
import logging
import os.path as osp
from typing import List, Optional

from mmengine.dataset import BaseDataset
from mmengine.fileio import exists, get, join_path
from mmengine.logging import print_log

from mmhoi.annotations import HOIAParser, sample_images
from mmhoi.annotations.low_data import check_fraction
from mmhoi.annotations.record_formats import record_format
from mmhoi.annotations.usable_records import usable_records
from mmhoi.label_spaces import LabelSpaceSource, load_label_space
from mmhoi.registry import DATASETS
from mmhoi.utils.import_speed import collector_paused
from mmhoi.utils.known_keys import check_keys
from mmhoi.utils.setup_error import SetupError
from mmhoi.utils.text_files import parse_json
from .zero_shot_report import ZeroShotReport


@DATASETS.register_module()
class HOIDataset(BaseDataset):
    """Images with boxes and human-object pairs, from a json.

    Its label space tells the names of the classes, how the file numbers them
    and its format: HOIA, with names instead of ids for own data, or that of
    SWIG-HOI (see `record_format`). A HOIA file is a list with one entry per
    image: `file_name`, `annotations` (boxes as `bbox` xyxy and `category_id`,
    a COCO id of 1..90) and `hoi_annotation` (`subject_id` and `object_id`,
    indices into `annotations`; `category_id`, the verb; optionally
    `hoi_category_id`).
    Interactions with the same subject and object become one pair with
    several labels.

    In training, what the official loaders drop is dropped: images with a
    subject or object index out of range, empty or inverted boxes with their
    pairs, and also boxes and interactions of unknown ids. In testing no image
    or box is dropped or changed. Entries of one image are made one. One
    warning per data set sums it up; what cannot be used at all is refused
    (see :mod:`mmhoi.annotations.rules`).

    An item has img_path, img_id, instances (bbox in 0-based xyxy pixels of
    the original image, bbox_label, ignore_flag) and pairs (sub_id, obj_id,
    hois, verbs; see `HOIAParser.parse`); with a zero-shot split also
    withheld_pairs (sub_id, obj_id).

    Args:
        ann_file (str): Annotation file, relative to `data_root`.
        label_space (str | dict): Name, file or the content of one, as for the
            head; see
            :func:`mmhoi.label_spaces.load_label_space`.
        bbox_origin (int): Number that the file gives to the first pixel
            column and row, 0 or 1. HICO-DET's test_hico.json is 1-based, its
            trainval_hico.json 0-based. Inside mmhoi boxes are 0-based.
            Defaults to 0.
        zero_shot_split (str, optional): Name of a zero-shot split. A training
            pair with any unseen HOI is dropped with all its labels; boxes
            stay, and `withheld_pairs` tells where it was. A table in the log
            says how much that is. No effect in testing. Defaults to None.
        fraction (float, optional): Share of the images in (0, 1] to draw from
            the file, before any other filter; see `sample_images`. Defaults
            to None, all images.
        fraction_seed (int): Seed of that draw. Defaults to 0.
        max_instances (int, optional): In training, how many boxes of an image
            (the first ones) to keep at most; the official loaders keep as
            many as the model has queries. Defaults to None.
        backend_args (dict, optional): Where files are, if not on a disk; see
            mmengine's `get_file_backend`. Defaults to None.
        **kwargs: Arguments of mmengine's `BaseDataset`: data_root,
            data_prefix=dict(img_path=...), filter_cfg (with
            filter_empty_gt=True training images without a pair are dropped),
            pipeline, test_mode, metainfo (entries that replace those of the
            label space), indices, ...

    Attributes:
        label_space (LabelSpace): Tables and facts of the data set.
        ids_are_places (bool): Whether the ids of images are their places in
            the file.
        num_listed (int): Images in the file.

    Raises:
        FileNotFoundError: If a file or the image folder is missing.
        SetupError: If the file is malformed.
        ValueError: If an argument is wrong.
    """

    #: What `label_space` was called before.
    OLD_KEYS = ('classes_file', 'category_file')

    def __init__(self,
                 ann_file: str = '',
                 *,
                 label_space: LabelSpaceSource = '',
                 bbox_origin: int = 0,
                 zero_shot_split: Optional[str] = None,
                 fraction: Optional[float] = None,
                 fraction_seed: int = 0,
                 max_instances: Optional[int] = None,
                 backend_args: Optional[dict] = None,
                 **kwargs) -> None:
        for key in set(self.OLD_KEYS).intersection(kwargs):
            # A config of old that inherits one of today has both keys; its
            # own is the one that it means.
            label_space = kwargs.pop(key)
            print_log(
                f'`{key}` of the dataset is called `label_space` now: write '
                f'label_space={label_space!r}',
                logger='current',
                level=logging.WARNING)
        if bbox_origin not in (0, 1):
            raise ValueError(
                f'bbox_origin={bbox_origin} (config key `bbox_origin` of the '
                'dataset) must be 0 or 1')
        if max_instances is not None and max_instances < 1:
            raise ValueError(
                f'max_instances={max_instances} (config key `max_instances` '
                'of the dataset) must be at least 1, or None for no limit')
        if fraction is not None:
            check_fraction(fraction)
        self.bbox_origin = bbox_origin
        self.zero_shot_split = zero_shot_split
        self.label_space = load_label_space(label_space)
        self.unseen_hois = frozenset(
            self.label_space.unseen_hois(zero_shot_split).tolist())
        self.record_format = record_format(self.label_space)
        self.fraction = fraction
        self.fraction_seed = fraction_seed
        self.max_instances = max_instances
        self.backend_args = backend_args
        self.ids_are_places = False
        self.num_listed = 0
        check_keys(
            kwargs.get('data_prefix') or {}, ('img_path', ),
            '`data_prefix` of the dataset')
        check_keys(
            kwargs.get('filter_cfg') or {}, ('filter_empty_gt', ),
            '`filter_cfg` of the dataset')
        super().__init__(ann_file, **kwargs)

    @property
    def metainfo(self) -> dict:
        """What the label space says of the classes, see `LabelSpace`."""
        return dict(self.label_space.metainfo(), **super().metainfo)

    def full_init(self) -> None:
        """Read the annotations and show them to the transforms that ask.

        A file of boxes is read here, before processes that load images copy
        this one, and refused if it is of other images.
        """
        if self._fully_initialized:
            return
        super().full_init()
        for transform in self.pipeline.transforms:
            if hasattr(transform, 'see_dataset'):
                transform.see_dataset(self)

    @collector_paused()
    def load_data_list(self) -> List[dict]:
        """Read the annotation file.

        Returns:
            list[dict]: One item per image, see the class.
        """
        self._check_img_folder()
        usable = usable_records(
            self._load_records(),
            self.label_space,
            self.ann_file,
            test_mode=self.test_mode,
            bbox_origin=self.bbox_origin,
            folder=self._local_img_folder())
        self.ids_are_places = usable.ids_are_places
        self.num_listed = len(usable.records)
        chosen = range(self.num_listed)
        if self.fraction is not None:
            chosen = sample_images(
                len(chosen), self.fraction, self.fraction_seed)
        parser = HOIAParser(
            self.label_space,
            bbox_origin=self.bbox_origin,
            test_mode=self.test_mode,
            max_instances=self.max_instances)
        items = [
            self._parse_record(parser, usable.records[i], usable.image_ids[i])
            for i in chosen
        ]
        data_list = [item for item in items if item is not None]
        if self.zero_shot_split is not None and not self.test_mode:
            self._withhold_unseen(data_list)
        if usable.warning:
            print_log(
                f'{type(self).__name__}: {usable.warning}. Images dropped: '
                f'{len(items) - len(data_list)}.',
                logger='current',
                level=logging.WARNING)
        return data_list

    def filter_data(self) -> List[dict]:
        """Drop training images without a pair, if `filter_cfg` says so.

        Returns:
            list[dict]: The items that remain.
        """
        filter_cfg = self.filter_cfg or {}
        if self.test_mode or not filter_cfg.get('filter_empty_gt', False):
            return self.data_list
        kept = [item for item in self.data_list if item['pairs']]
        if not kept:
            raise SetupError(
                f'no training image is left of "{self.ann_file}": none has a '
                f'usable pair with zero_shot_split={self.zero_shot_split!r} '
                f'and fraction={self.fraction}')
        return kept

    def get_data_info(self, idx: int) -> dict:
        """Item of an image, with what the transforms must know.

        Args:
            idx (int): Index of the image.

        Returns:
            dict: The item, with `test_mode` and `label_space`.
        """
        data_info = super().get_data_info(idx)
        # Tells LoadHOIImage whether an image may be replaced by another.
        data_info['test_mode'] = self.test_mode
        # Not in the stored items: one object serves all of them.
        data_info['label_space'] = self.label_space
        return data_info

    def get_cat_ids(self, idx: int) -> List[int]:
        """Classes of an image, as mmengine's `ClassBalancedDataset` asks.

        Args:
            idx (int): Index of the image.

        Returns:
            list[int]: Label of each of its boxes.
        """
        instances = self.get_data_info(idx)['instances']
        return [instance['bbox_label'] for instance in instances]

    def _local_img_folder(self) -> Optional[str]:
        """Folder of the images, if it is one of this machine."""
        folder = self.data_prefix.get('img_path', '') or '.'
        return folder if self.backend_args is None else None

    def _check_img_folder(self) -> None:
        folder = self._local_img_folder()
        if folder is not None and not osp.isdir(folder):
            raise FileNotFoundError(
                f'image folder "{folder}" does not exist (config keys '
                '`data_root` and `data_prefix.img_path` of the dataset); '
                f'{self.label_space.how_to_get}')

    def _load_records(self) -> list:
        """Load the json, a list of entries of any structure."""
        where = f'annotation file "{self.ann_file}"'
        if not exists(self.ann_file, backend_args=self.backend_args):
            raise FileNotFoundError(
                f'{where} does not exist (config keys `data_root` and '
                f'`ann_file` of the dataset); {self.label_space.how_to_get}')
        try:
            records = parse_json(
                get(self.ann_file, backend_args=self.backend_args))
        except ValueError as error:
            raise SetupError(
                f'{where} is not valid JSON ({error}); it may be incomplete: '
                f'{self.label_space.how_to_get}') from error
        if not isinstance(records, list):
            raise SetupError(
                f'{where} must hold a list with one entry per image (HOIA '
                f'format), not a {type(records).__name__}; '
                f'{self.label_space.how_to_get}')
        return records

    def _parse_record(self, parser: HOIAParser, record: dict,
                      img_id: object) -> Optional[dict]:
        """One item, None if the image must be dropped."""
        item = parser.parse(self.record_format.to_hoia(record))
        if item is None:
            return None
        item['img_path'] = join_path(
            self.data_prefix.get('img_path', ''), record['file_name'])
        item['img_id'] = img_id
        return item

    def _withhold_unseen(self, data_list: List[dict]) -> None:
        """Take out the pairs with an unseen HOI and log how many they are."""
        report = ZeroShotReport(self.zero_shot_split, self.label_space)
        for item in data_list:
            seen, withheld = [], []
            for pair in item['pairs']:
                is_seen = self.unseen_hois.isdisjoint(pair['hois'])
                (seen if is_seen else withheld).append(pair)
            report.add(item['pairs'], seen)
            item['pairs'] = seen
            # Where something is, not what: no label of them may be seen.
            item['withheld_pairs'] = [
                dict(sub_id=pair['sub_id'], obj_id=pair['obj_id'])
                for pair in withheld
            ]
        report.log()
