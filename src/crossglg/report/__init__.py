"""What a run says about itself: one HTML page that needs nothing but a browser."""

from crossglg.report.figure import render_figure
from crossglg.report.page import Report, render_gallery, render_report, write_page, write_report
from crossglg.report.scene import MovingSkeleton

__all__ = [
    "MovingSkeleton",
    "Report",
    "render_figure",
    "render_gallery",
    "render_report",
    "write_page",
    "write_report",
]
