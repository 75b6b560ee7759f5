"""What travels: clips, actions and recognitions as JSON, in both directions.

Letters: M persons, T frames, V joints.
"""

from typing import Annotated, Self

import numpy as np
from annotated_types import Len
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from crossglg.gallery import Answer, Exemplar, Form, Gallery, Recognition, Repetitions
from crossglg.live import Event
from crossglg.recogniser import ClipReader
from crossglg.serve.store import action_id
from crossglg.skeleton import Layout
from crossglg.skeleton.clip import SkeletonClip

Point = Annotated[list[FiniteFloat], Len(3, 3)]
Body = list[Point | None]
"""One person in one frame: a point in metres per joint, null where it was not seen."""

_DIGITS = 4
"""Of coordinates: a tenth of a millimetre."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayoutView(_Record):
    """Which joint is which.

    Attributes:
        name: Such as ``ntu25``.
        joints: (V) names.
        parents: (V) index of the joint that each one hangs on; the root's is its own.
    """

    name: str
    joints: tuple[str, ...]
    parents: tuple[int, ...]

    @classmethod
    def of(cls, layout: Layout) -> Self:
        """Describe a layout."""
        return cls(
            name=layout.name, joints=layout.joints, parents=tuple(layout.parent_index.tolist())
        )


class ClipBody(_Record):
    """A clip as a client sends it.

    Attributes:
        layout: Name of a known layout; or else
        joint_names: (V) names, in any order and spelling.
        persons: (M T V 3) metres, y up, right-handed; null where a joint was not seen.
        fps: Frames per second; or else
        times_s: (T) seconds of the frames, increasing; they need not be evenly spaced.
    """

    layout: str | None = None
    joint_names: list[str] | None = None
    persons: list[list[Body]]
    fps: Annotated[FiniteFloat, Field(gt=0, le=1000)] | None = None
    times_s: list[FiniteFloat] | None = None


class ClipView(_Record):
    """A clip as the server sends it.

    Attributes:
        layout: Which joint is which.
        persons: (M T V 3) metres, null where a joint was not seen.
        fps: Frames per second.
        duration_s: Seconds.
        importance: (V) how much the model looks at each joint, 1 for the most important one;
            null where it was not asked, or predicts none.
    """

    layout: LayoutView
    persons: list[list[Body]]
    fps: float
    duration_s: float
    importance: list[float] | None = None

    @classmethod
    def of(cls, clip: SkeletonClip, importance: list[float] | None = None) -> Self:
        """Describe a clip."""
        return cls(
            layout=LayoutView.of(clip.layout),
            persons=_write_points(clip.joints, clip.visible),
            fps=clip.fps,
            duration_s=clip.duration_s,
            importance=importance,
        )


class ExemplarView(_Record):
    """One clip that was shown; ``id`` is of its numbers alone."""

    id: str
    source: str
    enrolled: str
    duration_s: float
    layout: str

    @classmethod
    def of(cls, exemplar: Exemplar) -> Self:
        """Describe an exemplar."""
        return cls(
            id=exemplar.digest[:16],
            source=exemplar.source,
            enrolled=exemplar.enrolled,
            duration_s=round(exemplar.clip.duration_s, 3),
            layout=exemplar.clip.layout.name,
        )


class ActionView(_Record):
    """One enrolled action.

    Attributes:
        id: Safe in an address; changes with the name.
        action: Its name.
        either_side: Whether it counts when it is done with the other hand or leg, too.
        exemplars: The clips that were shown.
    """

    id: str
    action: str
    either_side: bool
    exemplars: list[ExemplarView]


class ActionsView(_Record):
    """What is known.

    Attributes:
        actions: In the order of their first enrolment.
        dismissed: Clips that show none of them.
    """

    actions: list[ActionView]
    dismissed: list[ExemplarView]

    @classmethod
    def of(cls, gallery: Gallery) -> Self:
        """Describe a gallery."""
        return cls(
            actions=[
                ActionView(
                    id=action_id(action),
                    action=action,
                    either_side=gallery.counts_either_side(action),
                    exemplars=[ExemplarView.of(each) for each in gallery.shown(action)],
                )
                for action in gallery.actions
            ],
            dismissed=[ExemplarView.of(each) for each in gallery.dismissed_as_shown],
        )


class AnswerView(_Record):
    """One action that the clip may show."""

    action: str
    probability: float | None
    distance: float

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Describe an answer."""
        return cls(
            action=answer.action,
            probability=answer.probability,
            distance=round(answer.distance, 5),
        )


class RecognitionView(_Record):
    """What a clip was taken for.

    Attributes:
        action: The name; null for unknown.
        answers: The nearest actions, best first.
        unknown_probability: That it is none of them; null where the model cannot judge.
        importance: (V) per joint of the clip that was sent, 1 for the most important one; null
            where the model predicts none.
    """

    action: str | None
    answers: list[AnswerView]
    unknown_probability: float | None
    importance: list[float] | None

    @classmethod
    def of(cls, recognition: Recognition, importance: list[float] | None) -> Self:
        """Describe a recognition."""
        return cls(
            action=recognition.action,
            answers=[AnswerView.of(answer) for answer in recognition.answers],
            unknown_probability=recognition.unknown_probability,
            importance=importance,
        )


class EventView(_Record):
    """An action found in a stream.

    Attributes:
        action: Its name.
        start_s: Its first frame, seconds on the client's clock.
        end_s: Its last frame.
        confidence: Probability that it was done then; null where the model cannot judge.
        times: How often it was done; once is what was shown.
        answers: The nearest actions, best first.
    """

    action: str
    start_s: float
    end_s: float
    confidence: float | None
    times: int
    answers: list[AnswerView]

    @classmethod
    def of(cls, event: Event) -> Self:
        """Describe an event."""
        return cls(
            action=event.action,
            start_s=event.start_s,
            end_s=event.end_s,
            confidence=event.confidence,
            times=event.times,
            answers=[AnswerView.of(answer) for answer in event.answers],
        )


class SpanView(_Record):
    """From when to when, seconds."""

    start_s: float
    end_s: float


class RepetitionsView(_Record):
    """How often a clip shows an action.

    Attributes:
        action: Its name.
        count: How often; once is what was shown.
        repetitions: When, in the order of time.
    """

    action: str
    count: int
    repetitions: list[SpanView]

    @classmethod
    def of(cls, repetitions: Repetitions) -> Self:
        """Describe what was counted."""
        return cls.model_validate(repetitions.to_json())


class DifferenceView(_Record):
    """A part of the body that points elsewhere than it was shown.

    Attributes:
        segment: ``left thigh``; it points away from the hips.
        degrees: By how much, for a quarter of the repetition or more.
        way: Where it points instead, for the most part, seen from who moves.
        at_s: When it is off most.
    """

    segment: str
    degrees: float
    way: str
    at_s: float


class RepetitionFormView(SpanView):
    """One repetition beside the exemplar that it is most like.

    Attributes:
        as_shown: Whether no part of the body is off by more than the tolerance.
        times_as_long: Its length beside the exemplar's.
        overall_deg: Mean difference.
        differences: Of every part of the body, the greatest first.
    """

    as_shown: bool
    times_as_long: float
    overall_deg: float
    differences: list[DifferenceView]


class FormView(_Record):
    """How well an action is done, time after time.

    Attributes:
        action: Its name.
        tolerance_deg: What a part of the body may be off.
        count: How often it is done.
        as_shown: How often of these as it was shown.
        repetitions: In the order of time.
    """

    action: str
    tolerance_deg: float
    count: int
    as_shown: int
    repetitions: list[RepetitionFormView]

    @classmethod
    def of(cls, form: Form) -> Self:
        """Describe what was compared."""
        return cls.model_validate(form.to_json())


class ModelView(_Record):
    """The model that compares clips.

    Attributes:
        name: What to call it.
        encoder: Name of the encoder.
        layout: The joints it looks at; clips of other layouts are mapped to them.
        parameters: How many numbers were learned.
        judges_unknown: False where it always names the nearest action.
        fingerprint: sha256 of the weights.
        sure: The probability from which an action is named where nobody says another.
    """

    name: str
    encoder: str
    layout: LayoutView
    parameters: int
    judges_unknown: bool
    fingerprint: str
    sure: float

    @classmethod
    def of(cls, recogniser: ClipReader, name: str, *, sure: float) -> Self:
        """Describe a model."""
        return cls(
            name=name,
            encoder=recogniser.encoder,
            layout=LayoutView.of(recogniser.layout),
            parameters=recogniser.parameter_count,
            judges_unknown=recogniser.acceptance is not None,
            fingerprint=recogniser.fingerprint,
            sure=sure,
        )


class NewName(_Record):
    """What an action shall be called."""

    name: Annotated[str, Field(max_length=1000)]


class Health(_Record):
    """That the server answers, and which version."""

    status: str
    version: str


def _write_points(joints: NDArray[np.float32], visible: NDArray[np.bool_]) -> list[list[Body]]:
    points = np.round(joints.astype(np.float64), _DIGITS).tolist()
    return [
        [
            [point if is_seen else None for point, is_seen in zip(frame, seen, strict=True)]
            for frame, seen in zip(person, there, strict=True)
        ]
        for person, there in zip(points, visible.tolist(), strict=True)
    ]
