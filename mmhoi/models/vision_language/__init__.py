# Copyright (c) mmhoi contributors.
from .cached_clip_visual import CachedCLIPVisual
from .clip_text import encode_texts
from .clip_visual import CLIPVisual
from .open_clip_loader import (OpenCLIP, load_open_clip, shared_open_clip,
                               weights_identity)
from .text_classifier import TextEmbeddingClassifier
from .verb_classifier import CLIPVerbClassifier
from .verb_embedding_files import load_verb_embeddings, save_verb_embeddings

__all__ = [
    'CLIPVerbClassifier', 'CLIPVisual', 'CachedCLIPVisual', 'OpenCLIP',
    'TextEmbeddingClassifier', 'encode_texts', 'load_open_clip',
    'load_verb_embeddings', 'save_verb_embeddings', 'shared_open_clip',
    'weights_identity'
]
