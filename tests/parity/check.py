# Copyright (c) mmhoi contributors.
"""Check of any golden file."""
import re
from pathlib import Path
from typing import Any, Dict, Optional, Union

import torch

from .cdn_checks import check_cdn
from .evaluator_checks import check_hico_evaluator, check_vcoco_evaluator
from .forward_checks import check_outputs, forward_parts
from .full_model import full_model
from .golden_file import golden_kind, read_golden
from .model_checks import check_model, renaming_of
from .model_config import build_golden_model
from .onestage_evaluator_checks import check_onestage_evaluator
from .pvic_checks import check_pvic
from .qpic_checks import check_qpic, check_qpic_training
from .report import Report
from .samples import golden_inputs, golden_samples
from .side_checks import check_enhancement, check_verbs
from .target_checks import check_targets
from .trajectory import (TRAIN_KEYS, check_settings, check_trajectory,
                         snapshot, train_steps)
from .upt_checks import check_upt

#: Training amplifies rounding: tolerances of outputs after it are that many
#: times those before.
AMPLIFIED = 30


def check_golden(path: Union[str, Path],
                 verb_embeddings: Optional[str] = None) -> Report:
    """Compare our code to a file with results of official code.

    Args:
        path (str | Path): A golden file.
        verb_embeddings (str, optional): File of the verb embeddings that an
            official model was built with, for a file that neither holds its
            weights nor these. Defaults to None.

    Returns:
        Report: What was compared, and what could not be.

    Raises:
        FileNotFoundError: If the file, or one that it names, does not exist.
        KeyError: If an official parameter is unknown.
        ValueError: If the file is damaged, of another layout, or of a model
            that does not exist here.
    """
    content = read_golden(path)
    report = Report()
    kind = golden_kind(content)
    if kind == 'train':
        _check_train(report, content, Path(path))
    elif kind == 'qpic':
        check_qpic(report, content)
    elif kind == 'cdn':
        check_cdn(report, content)
    elif kind == 'upt':
        check_upt(report, content)
    elif kind == 'pvic':
        check_pvic(report, content)
    elif kind == 'target_transforms':
        check_targets(report, content)
    elif kind in ('qpic_train', 'cdn_train'):
        start = _initial_file(content, Path(path))
        check_qpic_training(report, content, read_golden(start))
        report.note('initial state', f'from {start.name}')
    elif kind == 'enhancement':
        check_enhancement(report, content)
    elif kind == 'verbs':
        check_verbs(report, content)
    elif kind == 'full_model':
        content, state = full_model(report, content, verb_embeddings)
        check_model(report, content, state)
    elif kind == 'model':
        check_model(report, content, content['state_dict'])
    elif kind == 'evaluator_onestage':
        check_onestage_evaluator(report, content)
    elif kind == 'evaluator_hico':
        check_hico_evaluator(report, content)
    else:
        check_vcoco_evaluator(report, content)
    return report


def _check_train(report: Report, content: Dict[str, Any], path: Path) -> None:
    start = _initial_file(content, path)
    first = read_golden(start)
    given = dict(first, args={**first['args'], **content['args']})
    state = first['state_dict']
    model, _ = build_golden_model(given, state)
    before = snapshot(model)
    inputs = golden_inputs(first)
    samples = golden_samples(first, model.bbox_head)
    check_settings(report, content)
    history = train_steps(model, inputs, samples, content['args'],
                          len(content['total_loss']))
    check_trajectory(report, model, history, before, content,
                     renaming_of(state))
    if 'outputs_eval_after' in content:
        parts = forward_parts(model, inputs, samples)
        with torch.no_grad():
            outputs = model.bbox_head(**parts['head'])
        check_outputs(report, 'outputs after the last step', outputs, parts,
                      content['outputs_eval_after'],
                      model.bbox_head.interaction_classifier.train_ids,
                      AMPLIFIED)
    report.note('initial state', f'from {start.name}')
    for key in sorted(set(content) - set(TRAIN_KEYS)):
        report.not_compared(key, 'nothing compares this part of the file')


def _initial_file(content: Dict[str, Any], path: Path) -> Path:
    """The model file beside a `train` file that it started from."""
    found = re.search(r'[\w.-]+\.pt(\.gz)?\b', content['initial_state'])
    if found is None:
        raise ValueError(f'{path}: initial_state='
                         f'"{content["initial_state"]}" names no .pt file')
    return path.parent / found[0]
