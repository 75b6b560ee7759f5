"""Protocol: the rules of an evaluation, checked at construction."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from crossglg.errors import ProtocolError

DrawRule = Literal["subject", "clip", "fixed", "first"]


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """The rules of an evaluation; labels are 0-based.

    Attributes:
        name: What the command line calls it.
        data: Short name of the data set it was made for; empty for any.
        class_count: Number of classes of that data set.
        novel: Labels of the novel classes; none where there is only learning to be done.
        base_list: Labels of the base classes where not all others are. Where every class is
            novel there is none, and nothing can be learned under this protocol.
        draw: ``subject``: one random subject shows every novel class, the others are recognised;
            ``clip``: an exemplar per class, its subject left out within the class; ``fixed``: the
            published ones; ``first``: of every class the first usable clip by name.
        exemplars: For ``fixed``, label -> name of the clip.
        class_clips: For every class of the data how many clips there are; empty if unknown.
        mask: Name of a boolean array of the data that says which clips count; empty for all.
        about: One line for people.

    Raises:
        ProtocolError: Labels repeat, are out of range, are both base and novel; or fixed
            exemplars are not one for each novel class.
    """

    name: str
    data: str
    class_count: int
    novel: tuple[int, ...]
    draw: DrawRule
    base_list: tuple[int, ...] = ()
    exemplars: Mapping[int, str] = field(default_factory=dict)
    class_clips: tuple[int, ...] = ()
    mask: str = ""
    about: str = ""

    def __post_init__(self) -> None:
        self._check_labels("novel", self.novel)
        self._check_labels("base", self.base_list)
        if len(self.novel) == 1:
            raise self._fail("at least two novel labels, or none to only learn", "one")
        if shared := sorted(set(self.novel) & set(self.base_list)):
            raise self._fail("base and novel classes apart", f"{_join(shared)} in both")
        expected = set(self.novel) if self.draw == "fixed" else set()
        if set(self.exemplars) != expected:
            raise self._fail(
                f"fixed exemplars for {_join(sorted(expected))}", _join(sorted(self.exemplars))
            )
        if self.class_clips and len(self.class_clips) != self.class_count:
            raise self._fail(
                f"clip counts of {self.class_count} classes", str(len(self.class_clips))
            )

    def _check_labels(self, kind: str, labels: Sequence[int]) -> None:
        if strange := [label for label in labels if not 0 <= label < self.class_count]:
            raise self._fail(f"{kind} labels from 0 to {self.class_count - 1}", _join(strange))
        if len(set(labels)) != len(labels):
            raise self._fail(f"different {kind} labels", _join(labels))

    def _fail(self, expected: str, found: str) -> ProtocolError:
        return ProtocolError(f"Protocol '{self.name}': expected {expected}, found {found}.")

    @property
    def base(self) -> tuple[int, ...]:
        """Labels of the base classes: ``base_list``, or else all that are not novel."""
        return self.base_list or tuple(k for k in range(self.class_count) if k not in self.novel)

    @property
    def query_count(self) -> int:
        """Queries of the one draw of published exemplars; 0 where nobody counted the clips."""
        if not self.exemplars or not self.class_clips:
            return 0
        return sum(self.class_clips[k] for k in self.novel) - len(self.novel)

    def to_json(self) -> dict[str, Any]:
        """Plain values; labels are 0-based."""
        return asdict(self) | {"base": self.base, "query_count": self.query_count}


def _join(labels: Sequence[int]) -> str:
    return ", ".join(map(str, labels)) or "none"
