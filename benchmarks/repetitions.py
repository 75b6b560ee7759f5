"""What it costs to show an action once that others do twice: squats of the choreography.

python benchmarks/repetitions.py --model open-base

Each of ten people, drawn by another seed than those the weights learned from, enrols a wave,
a squat and a kick; the squats of the nine others are asked. They squat once or twice in a clip.
"""

import argparse

import numpy as np

import crossglg
from crossglg.skeleton.clip import SkeletonClip
from crossglg.sources.choreography import choreography

_ACTIONS = ("wave right hand", "squat", "kick forward")
_PEOPLE = 10
_SEED = 2024


def count_squats(clip: SkeletonClip) -> int:
    """How often the root goes down to half of its way and comes up again."""
    height = clip.joints[0, :, clip.layout.index(clip.layout.root), 1]
    is_low = height < (height.min() + height.max()) / 2
    return int((is_low[1:] & ~is_low[:-1]).sum())


def main() -> None:
    """Print the share of squats accepted, by whether both people squat equally often."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=crossglg.DEFAULT_RUN)
    words = parser.parse_args()
    recogniser = crossglg.load(words.model)
    assert recogniser.acceptance is not None
    data = choreography(performers=_PEOPLE, repeats=1, seed=_SEED, classes=_ACTIONS)
    names = [data.class_names[label] for label in data.labels]
    by_action = {
        action: [data.clip(n) for n, name in enumerate(names) if name == action]
        for action in _ACTIONS
    }
    features = {action: recogniser.embed(clips) for action, clips in by_action.items()}
    # (asked, enrolled): row p is the squat of person p, column q what person q has enrolled.
    own, *others = (
        recogniser.compare(features["squat"], features[action])
        for action in ("squat", "wave right hand", "kick forward")
    )
    rival = np.minimum(*others)
    probability = recogniser.acceptance.probability(
        own.ravel(), rival.ravel(), enrolled=len(_ACTIONS)
    ).reshape(own.shape)
    accepted = (own < rival) & (probability >= 0.5)
    times = np.array([count_squats(clip) for clip in by_action["squat"]])
    somebody_else = ~np.eye(_PEOPLE, dtype=np.bool_)
    for name, fits in (
        ("equally often", times[:, None] == times),
        ("not equally often", times[:, None] != times),
    ):
        asked = somebody_else & fits
        print(
            f"{words.model}, {name}: {accepted[asked].sum()} of {asked.sum()} accepted, "
            f"mean probability {probability[asked].mean():.2f}"
        )


if __name__ == "__main__":
    main()
