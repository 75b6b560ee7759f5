"""Finding: one thing that is odd about data, in a sentence, with the clips and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from crossglg.words import name_some

_SHOWN = 3


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
        clips = f" Clips: {name_some(self.clips, most=_SHOWN)}." if self.clips else ""
        return f"{self.sentence} {self.advice}{clips}"


def share_of(clips: Sequence[str], looked_at: int) -> str:
    """``12 of 300 clips (4 %)``."""
    return f"{len(clips):,} of {looked_at:,} clips ({len(clips) / looked_at:.0%})"
