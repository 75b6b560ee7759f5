"""Other readers of global texts than our own rules: spaCy, and Stanford CoreNLP as in the paper.

A reader is any function from a text to the phrases in it. Both find noun phrases by grammar; the
lexicon then says which body words and sides a phrase holds, and words of stillness in the
phrase's own clause, or of place before it, take it out, as in ``text.phrases``.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from crossglg.errors import ConfigError, require
from crossglg.text.lexicon import get_lexicon
from crossglg.text.phrases import Phrase, PhraseReader, Role, find_phrases

_SPACY_MODEL = "en_core_web_md"
_CORENLP_URL = "http://localhost:9000"
_TIMEOUT_S = 60.0
_CLAUSE_HEADS = frozenset({"ROOT", "advcl", "conj", "ccomp", "acl", "relcl", "parataxis"})


def create_reader(name: str) -> PhraseReader:
    """A reader by name: ``rules``, ``spacy[:MODEL]`` or ``corenlp[:URL]``.

    Raises:
        ConfigError: No reader has this name, or the spaCy model is not installed.
        MissingExtraError: spaCy is not installed.
    """
    kind, _, detail = name.partition(":")
    if kind == "rules":
        return find_phrases
    if kind == "spacy":
        return SpacyReader(detail or _SPACY_MODEL)
    if kind == "corenlp":
        return CoreNLPReader(detail or _CORENLP_URL)
    raise ConfigError(f"No phrase reader is called '{name}'. Known: rules, spacy, corenlp.")


class SpacyReader:
    """Noun chunks and clauses by spaCy's dependency parser.

    Args:
        model: An installed spaCy pipeline.

    Raises:
        MissingExtraError: spaCy is not installed.
        ConfigError: The pipeline is not installed.
    """

    def __init__(self, model: str) -> None:
        spacy = require("spacy", extra="spacy")
        try:
            self._pipeline = spacy.load(model)
        except OSError as error:
            raise ConfigError(
                f"The spaCy pipeline '{model}' is not installed. Get it with: "
                f"python -m spacy download {model}"
            ) from error

    def __call__(self, text: str) -> tuple[Phrase, ...]:
        """All mentions of body parts in reading order."""
        found: list[Phrase] = []
        for chunk in self._pipeline(text).noun_chunks:
            words = [token.text.lower() for token in chunk]
            found += _mentions(words, self._role(chunk.root))
        return tuple(found)

    def _role(self, root: Any) -> Role:
        if root.dep_ == "pobj" and _is_place(root.head.text):
            return "place"
        head = root
        while head.dep_ not in _CLAUSE_HEADS and head.head is not head:
            head = head.head
        own = [head, *_own_words(head)]
        return "still" if _is_still([token.text for token in own]) else "acts"


def _own_words(head: Any) -> Iterator[Any]:
    """The tokens under a clause's verb that do not belong to a clause of their own."""
    for child in head.children:
        if child.dep_ not in _CLAUSE_HEADS:
            yield child
            yield from _own_words(child)


class CoreNLPReader:
    """Noun phrases and clauses by the parser of a Stanford CoreNLP server that the user runs.

    Args:
        url: Of the server.
    """

    def __init__(self, url: str = _CORENLP_URL) -> None:
        self.url = url.rstrip("/")

    def __call__(self, text: str) -> tuple[Phrase, ...]:
        """All mentions of body parts in reading order.

        Raises:
            ConfigError: No CoreNLP server answers at the URL.
        """
        if not text.strip():
            return ()
        found: list[Phrase] = []
        for sentence in self._parse(text)["sentences"]:
            tree = read_tree(sentence["parse"])
            for phrase, above in _noun_phrases(tree, ()):
                found += _mentions([word.lower() for word in phrase.words()], _role(above))
        return tuple(found)

    def _parse(self, text: str) -> Any:
        wanted = {"annotators": "tokenize,ssplit,pos,parse", "outputFormat": "json"}
        address = f"{self.url}/?properties={quote(json.dumps(wanted))}"
        try:
            with urlopen(Request(address, text.encode("utf-8")), timeout=_TIMEOUT_S) as answer:
                return json.loads(answer.read())
        except (URLError, OSError, ValueError) as error:
            raise ConfigError(
                f"Expected a Stanford CoreNLP server at {self.url}, found none ({error}). Start "
                "it as its page says, or use the reader 'rules'."
            ) from error


@dataclass(frozen=True)
class Tree:
    """A node of a parse: a label over further nodes, or over one word.

    Attributes:
        label: Such as ``NP``.
        children: Nodes; none where this is a word.
        word: The word; empty where there are children.
    """

    label: str
    children: tuple["Tree", ...] = ()
    word: str = ""

    def words(self) -> Iterator[str]:
        """The words below, in order."""
        if self.word:
            yield self.word
        for child in self.children:
            yield from child.words()


def read_tree(text: str) -> Tree:
    """Read ``(NP (DT the) (NN knee))``."""
    tokens = re.findall(r"\(|\)|[^\s()]+", text)
    tree, _ = _read_node(tokens, 0)
    return tree


def _read_node(tokens: Sequence[str], start: int) -> tuple[Tree, int]:
    label, position = tokens[start + 1], start + 2
    children: list[Tree] = []
    word = ""
    while tokens[position] != ")":
        if tokens[position] == "(":
            child, position = _read_node(tokens, position)
            children.append(child)
        else:
            word, position = tokens[position], position + 1
    return Tree(label, tuple(children), word), position + 1


def _noun_phrases(tree: Tree, above: tuple[Tree, ...]) -> Iterator[tuple[Tree, tuple[Tree, ...]]]:
    """Every NP without a smaller NP inside, with the nodes above it, outermost first."""
    inner = [pair for child in tree.children for pair in _noun_phrases(child, (*above, tree))]
    if tree.label == "NP" and not inner:
        yield tree, above
    yield from inner


def _role(above: Sequence[Tree]) -> Role:
    for node in reversed(above):
        if node.label == "PP" and _is_place(next(node.words())):
            return "place"
        if node.label in ("S", "SBAR"):
            return "still" if _is_still(list(_own_clause(node))) else "acts"
    return "acts"


def _own_clause(tree: Tree) -> Iterator[str]:
    for child in tree.children:
        if child.label not in ("S", "SBAR"):
            if child.word:
                yield child.word
            yield from _own_clause(child)


# --- what both share ----------------------------------------------------------------------------


def _mentions(words: Sequence[str], role: Role) -> list[Phrase]:
    return [replace(phrase, role=role) for phrase in find_phrases(" ".join(words))]


def _is_place(word: str) -> bool:
    return word.lower() in get_lexicon().places


def _is_still(words: Sequence[str]) -> bool:
    return any(
        word.lower() in get_lexicon().stillness or word.lower().endswith("n't") for word in words
    )
