# Copyright (c) mmhoi contributors.
"""The tables of papers, made again by one command."""
from .reproduce import Reproduction, Request
from .table import load_table, table_names

__all__ = ['Reproduction', 'Request', 'load_table', 'table_names']
