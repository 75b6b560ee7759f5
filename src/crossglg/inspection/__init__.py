"""What data are, and what is odd about them, before anything is learned from them."""

from crossglg.inspection.finding import Finding
from crossglg.inspection.inspect import Inspection, inspect_data
from crossglg.inspection.page import write_inspection

__all__ = ["Finding", "Inspection", "inspect_data", "write_inspection"]
