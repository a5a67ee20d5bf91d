# Copyright (c) mmhoi contributors.
from .class_words import ClassWords, word_vectors
from .similar_objects import SimilarObjects

__all__ = ['ClassWords', 'SimilarObjects', 'word_vectors']
