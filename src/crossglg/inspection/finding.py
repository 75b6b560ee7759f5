"""Finding: one thing that is odd about data, in a sentence, with the clips and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was found.

    Attributes:
        kind: Short name, for programs.
        sentence: What is odd.
        advice: What to do about it.
        clips: Names of the clips that show it; empty where it is not about clips.
        looked_at: How many clips were looked at for it.
    """

    kind: str
    sentence: str
    advice: str
    clips: tuple[str, ...]
    looked_at: int

    def __str__(self) -> str:
        """Sentence, advice and some of the clips."""
        shown = ", ".join(self.clips[:_SHOWN])
        more = f" and {len(self.clips) - _SHOWN:,} more" if len(self.clips) > _SHOWN else ""
        return f"{self.sentence} {self.advice}" + (f" Clips: {shown}{more}." if shown else "")


_SHOWN = 3


def share_of(clips: Sequence[str], looked_at: int) -> str:
    """``12 of 300 clips (4 %)``."""
    return f"{len(clips):,} of {looked_at:,} clips ({len(clips) / looked_at:.0%})"
