"""What there is to see of clips, answers and runs, gathered for the pages of ``report``."""

from crossglg.pictures.explained import picture_explanation
from crossglg.pictures.look import picture_clip, show_clip
from crossglg.pictures.run import describe_run

__all__ = ["describe_run", "picture_clip", "picture_explanation", "show_clip"]
