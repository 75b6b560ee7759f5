"""How well readers of global texts find the joints that matter: precision and recall of joints.

python benchmarks/phrases.py --reader rules --reader spacy --misses

Each file benchmarks/data/phrases_*.json was labelled by hand before a reader was run on it. All but
``blind_fourth`` and ``plain_fourth`` were then used to mend the rules; those two were never and
must not be, or they say nothing any more, and their misses are not shown.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

from crossglg.errors import CrossGLGError
from crossglg.skeleton.layout import Layout, get_layout
from crossglg.text.extractors import create_reader
from crossglg.text.lexicon import joints_of_noun
from crossglg.text.phrases import PhraseReader

DATA = Path(__file__).parent / "data"
UNSEEN = frozenset({"blind_fourth", "plain_fourth"})
SETS = (
    "plain_fourth",
    "plain_third",
    "plain_second",
    "plain",
    "blind_fourth",
    "blind_third",
    "blind_second",
    "blind",
    "unseen",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "answers",
)


@dataclass
class Count:
    """Joints found and right, found, and labelled; texts read exactly right, and all."""

    right: int = 0
    found: int = 0
    labelled: int = 0
    exact: int = 0
    texts: int = 0

    def add(self, found: set[str], labelled: set[str]) -> None:
        """One text more."""
        self.right += len(found & labelled)
        self.found += len(found)
        self.labelled += len(labelled)
        self.exact += found == labelled
        self.texts += 1

    def __str__(self) -> str:
        """Table cells."""
        return (
            f"{self.right / max(1, self.found):.3f} | {self.right / max(1, self.labelled):.3f} "
            f"| {self.exact / max(1, self.texts):.3f} | {self.texts}"
        )


def find_joints(text: str, layout: Layout, read: PhraseReader) -> set[str]:
    """The joints that a reader says act."""
    return {
        joint
        for phrase in read(text)
        if phrase.role == "acts"
        for joint in joints_of_noun(phrase.noun, phrase.sides, layout)
    }


def measure(name: str, read: PhraseReader, *, misses: bool) -> Count:
    """Read every text of one labelled set."""
    count = Count()
    for entry in json.loads((DATA / f"phrases_{name}.json").read_text("utf-8"))["sentences"]:
        layout = get_layout(entry.get("layout", "ntu25"))
        found, truth = find_joints(entry["text"], layout, read), set(entry["joints"])
        count.add(found, truth)
        if misses and name not in UNSEEN and found != truth:
            print(f"  {entry['text']}")
            print(f"    + {sorted(found - truth)}\n    - {sorted(truth - found)}")
    return count


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", action="append", help="rules, spacy[:MODEL], corenlp[:URL]")
    parser.add_argument("--misses", action="store_true", help="show the texts read wrongly")
    words = parser.parse_args()
    print("| reader | set | precision | recall | exactly right | texts |")
    print("|---|---|---|---|---|---|")
    for name in words.reader or ["rules"]:
        try:
            read = create_reader(name)
        except CrossGLGError as error:
            print(f"| {name} | not run: {error} |")
            continue
        for part in SETS:
            count = measure(part, read, misses=words.misses)
            print(f"| {name.partition(':')[0]} | {part} | {count} |")


if __name__ == "__main__":
    main()
