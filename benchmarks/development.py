"""Choose settings without looking at novel classes: every third base class plays the novel one.

python benchmarks/development.py utd_mhad.npz --protocol utd-a --out dev

Trains ``patchgcn`` with the recipe ``metric`` and the given settings on the other base classes, two
seeds, and judges over 60 draws; deviations are over those. For joined data sets, of which every
class is base:

python benchmarks/development.py open --protocol all --recipe open --out dev-open
"""

import argparse
from dataclasses import replace
from pathlib import Path

from crossglg.sources.clipset import ClipSet
from crossglg.sources.splits import Protocol, choose_draw, get_protocol, whole_protocol
from crossglg.training import create_recipe, override
from crossglg.verbs import evaluate_run, open_clips, split_data, train_run

_DRAWS = 60
_CLASSIFIERS = ("cosine", "joints", "dtw", "motion", "joints+motion")


def without_a_third(rules: Protocol) -> Protocol:
    """Rules under which every third base class is novel, and the novel ones are not there."""
    novel = rules.base[1::3]
    base = tuple(label for label in rules.base if label not in novel)
    # Without the name of the data, whose published counts are those of all its classes.
    return replace(rules, name=f"{rules.name}-third", data="", novel=novel, base_list=base)


def choose_rules(protocol: str, data: ClipSet) -> Protocol:
    """The named rules without a third; exemplars by one person where one did everything."""
    if protocol != "all":
        return without_a_third(get_protocol(protocol))
    rules = without_a_third(whole_protocol(class_count=len(data.class_names)))
    return replace(rules, draw=choose_draw(rules.novel, data))


def main() -> None:
    """Print one line per seed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--protocol", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--encoder", default="patchgcn")
    parser.add_argument("--recipe", default="metric")
    parser.add_argument("--guidance", default="g2l")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    arguments = parser.parse_args()
    clips, masks = open_clips(arguments.data)
    split = split_data(clips, choose_rules(arguments.protocol, clips), masks=masks)
    for seed in range(arguments.seeds):
        recipe = create_recipe(arguments.recipe, encoder=arguments.encoder, seed=seed)
        settings = [f"model.guidance={arguments.guidance}", *arguments.settings]
        run = arguments.out / f"{arguments.encoder}-{seed}"
        checkpoint = train_run(split, override(recipe, settings), out=run)
        judged = evaluate_run(checkpoint, split, classifiers=_CLASSIFIERS, draws=_DRAWS)
        every = {**judged.results, **judged.floors}
        found = ", ".join(f"{name} {r.mean:.1f} ± {r.std:.1f}" for name, r in every.items())
        print(f"seed {seed}: {found}", flush=True)


if __name__ == "__main__":
    main()
