"""Findings about size and time: millimetres, frames per second that cannot be."""

from collections.abc import Sequence

import numpy as np

from crossglg.inspection.facts import ClipFacts
from crossglg.inspection.finding import Finding, share_of

_HEIGHTS_M = (0.8, 2.6)
"""From a child's to more than a tall adult's, bones laid end to end."""

# Name of the unit -> metres. Ranges of heights do not overlap, from 0.8 to 2.6 m each.
_UNITS = {"millimetres": 0.001, "centimetres": 0.01, "inches": 0.0254, "feet": 0.3048}

_LEAST_FPS, _MOST_FPS = 5.0, 250.0

_HAND_SPEEDS = (0.1, 8.0)
"""Body heights per second of quicker frames, median over clips; 0.7 to 3.3 in nine data sets."""

_FEW_FOR_SPEED = 5


def find_units(facts: Sequence[ClipFacts]) -> list[Finding]:
    """Whether bodies are as tall as people in metres are."""
    tall = [
        (f.name, f.posture.height)
        for f in facts
        if f.posture is not None and not f.body.is_flat and np.isfinite(f.posture.height)
    ]
    if not tall:
        return []
    middle = float(np.median([height for _, height in tall]))
    odd = tuple(name for name, height in tall if not _is_human(height, 1.0))
    if not odd:
        return []
    if _is_human(middle, 1.0):
        said = f"Bodies are not between {_HEIGHTS_M[0]} and {_HEIGHTS_M[1]} m tall in"
        advice = "Look at them: bones have torn, the unit is another, or it is no person."
        return [Finding("units", f"{said} {share_of(odd, len(tall))}.", advice, odd, len(tall))]
    unit = next((name for name, metres in _UNITS.items() if _is_human(middle, metres)), "")
    guess = f"the unit is probably {unit}" if unit else "the unit is none that is known here"
    return [
        Finding(
            "units",
            f"Bodies are {middle:.4g} tall (median of {len(tall):,} clips), expected metres: "
            f"{guess}.",
            f"Multiply all coordinates by {_UNITS[unit]:g}."
            if unit
            else "Bring people to about 1.7.",
            odd,
            len(tall),
        )
    ]


def _is_human(height: float, metres: float) -> bool:
    return _HEIGHTS_M[0] <= height * metres <= _HEIGHTS_M[1]


def find_rates(facts: Sequence[ClipFacts]) -> list[Finding]:
    """Frame rates that no sensor has, or at which nobody could move as these bodies do."""
    odd = tuple(f.name for f in facts if not _LEAST_FPS <= f.fps <= _MOST_FPS)
    if odd:
        rates = sorted({f.fps for f in facts if f.name in set(odd)})
        said = f"{rates[0]:g}" if len(rates) == 1 else f"{rates[0]:g} to {rates[-1]:g}"
        sentence = f"Frames per second are {said} in {share_of(odd, len(facts))}."
        return [Finding("fps", sentence, "Write the sensor's real rate.", odd, len(facts))]
    speeds = np.array([f.hand_speed for f in facts])
    speeds = speeds[np.isfinite(speeds)]
    if len(speeds) < _FEW_FOR_SPEED:
        return []
    middle = float(np.median(speeds))
    if _HAND_SPEEDS[0] <= middle <= _HAND_SPEEDS[1]:
        return []
    much = "slow" if middle < _HAND_SPEEDS[0] else "fast"
    return [
        Finding(
            "fps",
            f"Hands are too {much}: their quicker frames make {middle:.2g} body heights per "
            f"second (median of {len(speeds):,} clips), people 1 to 3.",
            "Check the frames per second; if they are right, every clip is jerky or still.",
            (),
            len(speeds),
        )
    ]
