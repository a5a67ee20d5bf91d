# Copyright (c) mmhoi contributors.
"""One image entry of a HOIA-format json -> one item of a dataset."""
from typing import Dict, List, Optional, Tuple

from mmhoi.label_spaces import LabelSpace
from .rules import is_box, is_empty

#: HOI index of a verb and object that form no known HOI.
NO_HOI = -1


class HOIAParser:
    """Turns file ids into indices and repairs what the official loaders do.

    In training the rules are those of the official loaders: an image with a
    subject or object index out of range is dropped whole, empty or inverted
    boxes are dropped with the pairs that use them. In testing only what
    cannot be represented is dropped (unknown ids, indices out of range), and
    no image is. Where objects may be absent (V-COCO), an interaction of
    unknown verb and object then stays with its verb alone. It says nothing:
    `usable_records` has told of all that is wrong.

    Args:
        space (LabelSpace): Objects, verbs and HOIs, and how the files of the
            data set number them.
        bbox_origin (int): Number of the first pixel column in the file.
        test_mode (bool): Whether to keep every image and box.
        max_instances (int, optional): In training, how many boxes of an
            image (the first ones) to keep at most. Defaults to None.
    """

    def __init__(self,
                 space: LabelSpace,
                 bbox_origin: int,
                 test_mode: bool,
                 max_instances: Optional[int] = None) -> None:
        self.category_to_label = {
            category: label
            for label, category in enumerate(space.category_ids)
        }
        pairs = zip(space.hoi_verbs.tolist(), space.hoi_objects.tolist())
        self.pair_to_hoi = {pair: hoi for hoi, pair in enumerate(pairs)}
        self.num_verbs = len(space.verbs)
        self.no_object_label = len(space.objects)
        self.verb_offset = space.verb_offset
        self.allows_no_object = space.allows_no_object
        self.bbox_origin = bbox_origin
        self.test_mode = test_mode
        self.max_instances = max_instances
        self.keeps_unknown_hois = space.allows_no_object and test_mode

    def parse(self, record: dict) -> Optional[Dict[str, list]]:
        """Parse the annotations of one image.

        Args:
            record (dict): Entry of the json with `file_name`, `annotations`
                and `hoi_annotation`.

        Returns:
            dict or None: None if the image must be dropped, otherwise

            - instances (list[dict]): bbox (0-based xyxy pixels of the
              original image), bbox_label, ignore_flag.
            - pairs (list[dict]): sub_id and obj_id (indices into instances,
              obj_id -1 for "no object"), hois and verbs (lists of ids). One
              entry per (subject, object), in order of first appearance.
        """
        parsed = self.parse_interactions(record)
        if parsed is None:
            return None
        instances, interactions = parsed
        pairs: Dict[Tuple[int, int], dict] = {}
        for sub_id, obj_id, *labels in interactions:
            pair = pairs.setdefault(
                (sub_id, obj_id),
                dict(sub_id=sub_id, obj_id=obj_id, hois=[], verbs=[]))
            for key, value in zip(('verbs', 'hois'), labels):
                if value not in pair[key] and value != NO_HOI:
                    pair[key].append(value)
        return dict(instances=instances, pairs=list(pairs.values()))

    def parse_interactions(
        self, record: dict
    ) -> Optional[Tuple[List[dict], List[Tuple[int, int, int, int]]]]:
        """Parse the annotations of one image, interaction by interaction.

        Args:
            record (dict): As for `parse`.

        Returns:
            tuple or None: None if the image must be dropped, otherwise the
            instances as in `parse` and a list of (sub_id, obj_id, verb, hoi),
            in the order of the file; hoi is -1 where `parse` gives the verb
            alone.
        """
        hois = self._hois_in_range(record)
        if hois is None:
            return None
        instances, new_ids = self._parse_boxes(record)
        interactions = []
        for hoi in hois:
            # -1 is only here if it stands for "no object".
            sub_id, obj_id = hoi['subject_id'], hoi['object_id']
            if sub_id not in new_ids or obj_id not in new_ids:
                continue
            sub_id, obj_id = new_ids[sub_id], new_ids[obj_id]
            label = (
                self.no_object_label
                if obj_id < 0 else instances[obj_id]['bbox_label'])
            labels = self._parse_labels(hoi, label)
            if labels is not None:
                interactions.append((sub_id, obj_id, *labels))
        return instances, interactions

    def _hois_in_range(self, record: dict) -> Optional[List[dict]]:
        """Interactions with valid box indices; None to drop the image."""
        num_boxes = len(record['annotations'])
        min_object = -1 if self.allows_no_object else 0
        hois = record['hoi_annotation']
        kept = [
            hoi for hoi in hois if 0 <= hoi['subject_id'] < num_boxes
            and min_object <= hoi['object_id'] < num_boxes
        ]
        return kept if self.test_mode or len(kept) == len(hois) else None

    def _parse_boxes(self, record: dict) -> Tuple[List[dict], Dict[int, int]]:
        """Usable boxes and the map from index in the file to index here."""
        instances: List[dict] = []
        new_ids = {-1: -1}
        annotations = record['annotations']
        if not self.test_mode:
            annotations = annotations[:self.max_instances]
        for index, annotation in enumerate(annotations):
            if not self._is_usable(annotation):
                continue
            new_ids[index] = len(instances)
            instances.append(
                dict(
                    bbox=[
                        float(x) - self.bbox_origin for x in annotation['bbox']
                    ],
                    bbox_label=self.category_to_label[
                        annotation['category_id']],
                    ignore_flag=0))
        return instances, new_ids

    def _is_usable(self, annotation: dict) -> bool:
        """Whether a box can be used."""
        bbox = annotation['bbox']
        return (is_box(bbox)
                and annotation['category_id'] in self.category_to_label
                and (self.test_mode or not is_empty(bbox)))

    def _parse_labels(self, hoi: dict,
                      object_label: int) -> Optional[Tuple[int, int]]:
        """Verb and HOI index of one interaction, or None if unknown."""
        verb = hoi['category_id'] - self.verb_offset
        if not 0 <= verb < self.num_verbs:
            return None
        # As in the official loaders, verb and object decide, whatever
        # hoi_category_id says.
        hoi_id = self.pair_to_hoi.get((verb, object_label))
        if hoi_id is None:
            # V-COCO's test set has combinations that are no class of a model,
            # but its evaluation asks for the verb and the box only.
            return (verb, NO_HOI) if self.keeps_unknown_hois else None
        return verb, hoi_id
