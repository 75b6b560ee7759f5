"""What a run says about itself: one HTML page that needs nothing but a browser."""

from crossglg.report.animation import ANIMATION_SUFFIXES, write_animation
from crossglg.report.decision import Decision, PathPicture
from crossglg.report.embedding_map import EmbeddingMap
from crossglg.report.figure import render_figure
from crossglg.report.importance_map import ImportanceTable
from crossglg.report.page import (
    Look,
    Report,
    render_decision,
    render_gallery,
    render_report,
    write_page,
    write_report,
)
from crossglg.report.scene import MovingSkeleton

__all__ = [
    "ANIMATION_SUFFIXES",
    "Decision",
    "EmbeddingMap",
    "ImportanceTable",
    "Look",
    "MovingSkeleton",
    "PathPicture",
    "Report",
    "render_decision",
    "render_figure",
    "render_gallery",
    "render_report",
    "write_animation",
    "write_page",
    "write_report",
]
