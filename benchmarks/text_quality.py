"""Does it matter what the texts say? CrossGLG trained with right, wrong, empty and merged texts.

python benchmarks/text_quality.py utd_mhad.npz --protocol utd-a --out text-quality --workers 2
"""

import argparse
import random
from dataclasses import replace
from pathlib import Path

from crossglg.compare import Grid, Method, run_grid
from crossglg.sources.splits import get_protocol
from crossglg.text import ActionDescription, DescriptionSet, load_descriptions
from crossglg.training import create_recipe, override
from crossglg.verbs import open_clips

GENERIC_GLOBAL = "The body moves."


def shuffle_texts(texts: DescriptionSet, actions: list[str], seed: int = 0) -> DescriptionSet:
    """Every action gets the texts of another one, base classes among themselves."""
    order = actions[:]
    rng = random.Random(seed)
    while any(one == other for one, other in zip(actions, order, strict=True)):
        rng.shuffle(order)
    givers = dict(zip(actions, texts.for_classes(order), strict=True))
    shuffled = tuple(replace(givers[action], action=action) for action in actions)
    return replace(texts, name=f"{texts.name}, shuffled", actions=shuffled)


def empty_texts(texts: DescriptionSet) -> DescriptionSet:
    """Texts that say of every joint of every action the same: that it moves."""
    return replace(
        texts,
        name=f"{texts.name}, generic",
        actions=tuple(
            ActionDescription(
                action.action,
                GENERIC_GLOBAL,
                {joint: f"{joint.replace('_', ' ')} moves" for joint in action.joints},
            )
            for action in texts.actions
        ),
    )


def main() -> None:
    """Run the grid and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--descriptions", default="", help="by default those called like the data")
    parser.add_argument("--recipe", default="metric")
    parser.add_argument("--second", default="", help="a second description set, to be merged")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    words = parser.parse_args()

    clips, _ = open_clips(words.data)
    base = [clips.class_names[label] for label in get_protocol(words.protocol).base]
    right = words.descriptions or clips.name
    texts = load_descriptions(right)
    words.out.mkdir(parents=True, exist_ok=True)
    made = {"shuffled": shuffle_texts(texts, base), "generic": empty_texts(texts)}
    for name, other in made.items():
        other.save(words.out / f"{name}.json")

    def method(name: str, descriptions: str, guidance: str = "crossglg") -> Method:
        recipe = replace(create_recipe(words.recipe), descriptions=descriptions)
        return Method(name, override(recipe, [f"model.guidance={guidance}", *words.settings]))

    methods = [
        method("right", right),
        method("shuffled", str(words.out / "shuffled.json")),
        method("generic", str(words.out / "generic.json")),
        method("global-only", right, "g2l"),
        method("local-only", right, "l2g"),
        method("none", right, "none"),
    ]
    if words.second:
        methods.append(method("merged", f"{right}+{words.second}"))
    seeds = tuple(range(words.seeds))
    grid = Grid(words.data, words.protocol, tuple(methods), seeds, words.out)
    comparison = run_grid(
        grid,
        workers=words.workers,
        progress=lambda done, total: print(f"{done}/{total}", flush=True),
    )
    print(comparison.to_markdown())
    print("\n".join(comparison.failed))


if __name__ == "__main__":
    main()
