"""Every table of the paper, and rows of our own, by one call each."""

from crossglg.reproduce.choose import Outcome, list_tables, reproduce
from crossglg.reproduce.paper import PAPER_TABLES
from crossglg.reproduce.parameters import PARAMETERS, count_table
from crossglg.reproduce.quick import scale_down, write_quick_data
from crossglg.reproduce.result import Line, Reproduction, Value
from crossglg.reproduce.rows import OWN_ROWS
from crossglg.reproduce.run import Job, fill_tables, find_data, write_tables
from crossglg.reproduce.table import Column, Entry, Table
from crossglg.reproduce.transfer import TRANSFER, judge_shipped

__all__ = [
    "OWN_ROWS",
    "PAPER_TABLES",
    "PARAMETERS",
    "TRANSFER",
    "Column",
    "Entry",
    "Job",
    "Line",
    "Outcome",
    "Reproduction",
    "Table",
    "Value",
    "count_table",
    "fill_tables",
    "find_data",
    "judge_shipped",
    "list_tables",
    "reproduce",
    "scale_down",
    "write_quick_data",
    "write_tables",
]
