# Copyright (c) mmhoi contributors.
from .batch_check_hook import BatchCheckHook
from .begin_hook import BeginHook
from .checkpoint_check_hook import CheckpointCheckHook
from .checkpoint_hook import CheckpointHook
from .class_guard_hook import ClassGuardHook
from .compile_hook import CompileHook
from .evaluation_guard_hook import EvaluationGuardHook
from .fold_norms_hook import FoldNormsHook
from .idle_check_hook import IdleCheckHook
from .init_from_detr_hook import InitFromDETRHook
from .init_report_hook import InitReportHook
from .lean_layers_hook import LeanLayersHook
from .non_finite_check_hook import NonFiniteCheckHook
from .parts_first_hook import PartsFirstHook
from .prepare_for_inference_hook import PrepareForInferenceHook
from .resume_hook import ResumeHook
from .unread_images_hook import UnreadImagesHook
from .visualization_hook import HOIVisualizationHook

__all__ = [
    'BatchCheckHook',
    'BeginHook',
    'CheckpointCheckHook',
    'CheckpointHook',
    'ClassGuardHook',
    'CompileHook',
    'EvaluationGuardHook',
    'FoldNormsHook',
    'HOIVisualizationHook',
    'IdleCheckHook',
    'InitFromDETRHook',
    'InitReportHook',
    'LeanLayersHook',
    'NonFiniteCheckHook',
    'PartsFirstHook',
    'PrepareForInferenceHook',
    'ResumeHook',
    'UnreadImagesHook',
]
