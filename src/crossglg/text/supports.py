"""Tell parts that only bear or wait: "the leg supports the body", "the legs just sit there".

Legs and shoulders carry the body in any action; hands that take its weight do more.
"""

from collections.abc import Sequence

from crossglg.text.lexicon import get_lexicon, limb_of
from crossglg.text.tokens import OPENING, Kind, Token, singular

_ASIDE: tuple[Kind, ...] = ("function", "adjective", "still", "verb")
_PIVOTS = frozenset({"pivot", "pivots"})
_GIVES = frozenset(
    {
        "provide",
        "provides",
        "providing",
        "form",
        "forms",
        "forming",
        "is",
        "are",
        "give",
        "gives",
        "giving",
        "offer",
        "offers",
    }
)
_ONWARD = frozenset({"forward", "backward", "along", "across", "over", "through", "onto", "toward"})
_ONWARD_WITHIN = 5  # words: "carry the whole body forward"
_KEEPS = frozenset({"keep", "keeps", "hold", "holds", "maintain", "maintains", "secure", "secures"})
_SUPPORT = frozenset({"support", "supports"})
_GIVEN = frozenset({"stability", "support", "balance", "base", "post", "pillar", "anchor", "prop"})
_GIVEN_WITHIN = 3  # words: "provides a stable base"
_GOES = frozenset({"up", "back", "down", "out", "in", "off"})
_ENDS = frozenset(",.;:!?")
_HOLDS = frozenset({"hold", "holds"})


def only_bears(tokens: Sequence[Token], index: int) -> bool:
    """Whether a part does nothing but bear or balance: "the left leg takes the weight"."""
    word = tokens[index].word
    subject = _subject(tokens, index)
    if subject is None:
        return False
    if word in _GIVES:
        near = (token.word for token in tokens[index + 1 : index + 1 + _GIVEN_WITHIN])
        return bool(_GIVEN.intersection(near))
    if word in _SUPPORT and [token.kind for token in tokens[index + 1 : index + 2]] == ["break"]:
        return True
    if _goes_on(tokens[index + 1 :]):
        return False
    return _is_borne(tokens, index, subject)


def _is_borne(tokens: Sequence[Token], index: int, subject: str) -> bool:
    """Whether the verb here has a load or the balance as its object."""
    lexicon = get_lexicon()
    word, load = tokens[index].word, _load(tokens[index + 1 :])
    if word in lexicon.bearing:
        onward = any(token.word in _ONWARD for token in tokens[index + 1 : index + _ONWARD_WITHIN])
        return load in lexicon.loads and not (onward and word.startswith("carr"))
    if limb_of(subject) != "leg" and "shoulder" not in lexicon.nouns[subject][:1]:
        return False  # hands that take the weight do more
    if word in _KEEPS and load in lexicon.balance:
        return tokens[index + 1].kind == "determiner"
    if load not in lexicon.loads:
        return False
    behind = next(n for n, token in enumerate(tokens[index:], index) if token.word == load)
    poses = lexicon.stances.intersection(token.word for token in tokens[behind + 1 : behind + 2])
    # "The leg keeps the body upright", but "(the dancer) bends the knee and keeps ...".
    keeps = word in _KEEPS and tokens[index - 1].kind != "join"
    return word in lexicon.taking or (keeps and bool(poses))


def only_waits(tokens: Sequence[Token], index: int) -> bool:
    """Whether a part only stands, sits or holds: "the legs are just standing there"."""
    word = tokens[index].word
    subject = _subject(tokens, index, across=_ASIDE)
    after = tokens[index + 1 : index + 2]
    if subject is None or any(_leads_away(token) for token in after):
        return False
    if word in _KEEPS and _keeps_its_place(tokens[index + 1 :]):
        return True
    if word in _KEEPS and any(token.word in get_lexicon().stances for token in after):
        return True  # "the shoulders keep level"
    if word in _HOLDS:  # "while the body holds"
        ends = not after or (after[0].kind == "break" and not after[0].word[0].isalpha())
        return ends and limb_of(subject) != "arm"
    thing = [token.kind for token in tokens[index + 1 : index + 3]] == ["determiner", "other"]
    if thing and tokens[index + 1].word == "the":
        return False  # "stands the bottle on the table"
    return word in get_lexicon().waiting and not _goes_on(tokens[index + 1 :])


def _keeps_its_place(after: Sequence[Token]) -> bool:
    """Whether the words behind "keeps" or "holds" are "its place", "the same pose" or alike."""
    named = next((token.word for token in after if token.kind not in OPENING), "")
    return after[:1] != [] and after[0].kind == "determiner" and named in get_lexicon().posts


def _goes_on(after: Sequence[Token]) -> bool:
    """Whether the part does more meanwhile: "carries the body, rising onto the toes"."""
    comma = next((n for n, token in enumerate(after) if token.word in _ENDS), len(after))
    said = [token.word[-3:] for token in after[comma + 1 : comma + 2]] == ["ing"]
    return said and after[comma].word == ","


def _leads_away(token: Token) -> bool:
    """Whether a word behind "sits" or the like tells of more: "sits back", "standing leg"."""
    return token.kind == "noun" or token.word.split(" ")[0] in _GOES


def _subject(
    tokens: Sequence[Token], index: int, *, across: Sequence[Kind] = (*_ASIDE, "join")
) -> str | None:
    """The body word of which the verb here says something, words of these kinds between them."""
    # "The right leg, slightly bent, bears", "the foot pivots on the floor and carries".
    hedges = get_lexicon().hedges | _PIVOTS
    for before in reversed(tokens[:index]):
        if before.kind == "noun":
            return singular(before.word)
        if before.word not in hedges and before.kind not in across:
            return None
    return None


def _load(after: Sequence[Token]) -> str:
    """What is borne: "most of the weight", "up the whole body"."""
    if after[:1] and after[0].word in ("a", "an"):
        return ""  # "holds a weight"
    opens = (*OPENING, "function")
    for token in after:
        if token.kind not in opens and token.word not in ("most", "all", "body's"):
            return token.word
    return ""
