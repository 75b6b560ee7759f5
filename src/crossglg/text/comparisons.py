"""Find the words that tell of another action: "unlike a squat, in which the torso tilts".

The other action reaches to the end of its phrase and over the clause that hangs on it; what parts
do there says nothing of the action at hand.
"""

from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile

from crossglg.text.lexicon import get_lexicon
from crossglg.text.tokens import OPENING, Token

_SET_APART = frozenset({"sets", "set", "setting"})
_HANGS_ON = frozenset({"where", "in which", "which", "when", "whose"})
_NAMED_WITHIN = 5  # words: "than nodding yes,"
_ENDS = frozenset(".;:!?)")
_GO_ON = frozenset({"while", "but", "because"})


def compared(tokens: Sequence[Token]) -> frozenset[int]:
    """Positions of the words that tell of another action."""
    found: set[int] = set()
    for index in range(len(tokens)):
        if _compares(tokens, index):
            found.update(_reach(tokens, index))
    return frozenset(found)


def _compares(tokens: Sequence[Token], index: int) -> bool:
    """Whether another action is named here, not another part ("unlike the arms, which drift")."""
    lexicon = get_lexicon()
    word = tokens[index].word
    near = [token.word for token in tokens[max(0, index - 3) : index]]
    tells = (
        word in lexicon.comparers
        or (word == "from" and bool(lexicon.distinguishers.intersection(near)))
        or (word in ("than", "like") and _explains(tokens[index:]))
        or (word == "apart from" and bool(_SET_APART.intersection(near)))
    )
    rest = list(takewhile(lambda token: token.kind not in ("join", "break"), tokens[index + 1 :]))
    head = list(dropwhile(lambda token: token.kind in OPENING, rest))
    names_part = head[:1] != [] and head[0].kind == "noun" and rest[-1].kind == "noun"
    return tells and not names_part


def _explains(tokens: Sequence[Token]) -> bool:
    """Whether a clause hangs on this action: "than nodding, where only the head tips"."""
    near = [token.word for token in tokens[1:_NAMED_WITHIN]]
    return "," in near and tokens[near.index(",") + 2].word in ("where", "when")


def _reach(tokens: Sequence[Token], start: int) -> Iterator[int]:
    """The words of the comparison that starts here."""
    hangs = False
    for index in range(start, len(tokens)):
        token = tokens[index]
        if token.word in _ENDS or (token.kind == "verb" and not hangs):
            return
        if token.word == ",":
            after = [following.word for following in tokens[index + 1 : index + 3]]
            opens = bool(_HANGS_ON.intersection((*after[:1], " ".join(after))))
            if hangs or not opens:
                return
            hangs = True
        elif token.word in _GO_ON:
            return
        yield index
