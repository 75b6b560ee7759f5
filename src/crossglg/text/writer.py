"""Have a language model describe actions: ask both questions, check the answers, keep them.

What comes back is data: it is checked, stored and encoded, never executed and never part of a
later question.
"""

import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from crossglg.errors import DescriptionError, require
from crossglg.skeleton.layout import Layout
from crossglg.text.chat import ChatError, ChatModel
from crossglg.text.descriptions import ActionDescription, DescriptionSet, Provenance
from crossglg.text.prompts import PROMPT_VERSION, fill_prompt
from crossglg.text.store import DiskStore, hash_text

Kind = Literal["global", "joint_motion"]
Progress = Callable[[int, int], None]

_ATTEMPTS = 4
_PARALLEL = 4
_MOST_CHARACTERS = 600
# Rules of thumb for the estimate only: English has four characters in a token, and answers to
# the shipped prompts take about this many tokens.
_CHARACTERS_PER_TOKEN = 4
_GLOBAL_TOKENS = 80
_JOINT_TOKENS = 25


@dataclass(frozen=True)
class Question:
    """One prompt for one action.

    Attributes:
        action: The action's name.
        kind: Which of the two prompts.
        prompt: What is sent.
        joints: The joints that the answer must describe; none for the global text.
    """

    action: str
    kind: Kind
    prompt: str
    joints: tuple[str, ...]


@dataclass(frozen=True)
class Estimate:
    """What writing will take, roughly.

    Attributes:
        questions: To be asked.
        known: Answered in an earlier run; they cost nothing.
        tokens_in: Sent.
        tokens_out: Expected back.
    """

    questions: int
    known: int
    tokens_in: int
    tokens_out: int

    def cost(self, *, price_in: float, price_out: float) -> float:
        """In the currency of the prices, which are per million tokens."""
        return (self.tokens_in * price_in + self.tokens_out * price_out) / 1e6


def plan_questions(actions: Sequence[str], layout: Layout, *, context: str = "") -> list[Question]:
    """Both prompts for every action."""
    return [
        Question(
            action,
            kind,
            fill_prompt(kind, action, layout=layout, context=context),
            layout.joints if kind == "joint_motion" else (),
        )
        for action in actions
        for kind in ("global", "joint_motion")
    ]


def estimate(questions: Sequence[Question], *, model: str, answers: DiskStore) -> Estimate:
    """Count what is still to be asked."""
    known = answers.get(_key(question, model) for question in questions)
    new = [question for question in questions if _key(question, model) not in known]
    return Estimate(
        questions=len(new),
        known=len(questions) - len(new),
        tokens_in=sum(len(question.prompt) for question in new) // _CHARACTERS_PER_TOKEN,
        tokens_out=sum(len(q.joints) * _JOINT_TOKENS or _GLOBAL_TOKENS for q in new),
    )


def write_descriptions(
    questions: Sequence[Question],
    model: ChatModel,
    *,
    name: str,
    layout: str,
    answers: DiskStore,
    progress: Progress | None = None,
) -> DescriptionSet:
    """Ask what is not yet known and put a description set together.

    Every good answer is kept at once, so that a run that was stopped goes on without asking, or
    paying, twice.

    Args:
        questions: From ``plan_questions``.
        model: Who answers.
        name: Of the set.
        layout: Name or file of the layout that the questions are about.
        answers: Where answers are kept, keyed by model and prompt.
        progress: Told how many of all questions are answered.

    Raises:
        ChatError: The model cannot be asked.
        DescriptionError: Some answers stayed unusable; the message names the actions. The others
            are kept.
        MissingExtraError: pydantic is not installed.
    """
    require("pydantic", extra="write")
    known = answers.get(_key(question, model.name) for question in questions)
    texts = {key: value.decode("utf-8") for key, value in known.items()}
    open_questions = [q for q in questions if _key(q, model.name) not in texts]
    failed: list[str] = []
    with ThreadPoolExecutor(_PARALLEL) as pool:
        tasks = {pool.submit(_ask, question, model): question for question in open_questions}
        try:
            for done, task in enumerate(as_completed(tasks), start=len(known) + 1):
                question, (answer, complaint) = tasks[task], task.result()
                if complaint:
                    failed.append(f"{question.action} ({complaint})")
                else:
                    answers.put({_key(question, model.name): answer.encode("utf-8")})
                    texts[_key(question, model.name)] = answer
                if progress is not None:
                    progress(done, len(questions))
        except ChatError:
            pool.shutdown(cancel_futures=True)
            raise
    if failed:
        raise DescriptionError(
            f"No usable answer after {_ATTEMPTS} attempts for: {'; '.join(sorted(failed))}. The "
            "other answers are kept; run the same command again, or use another model."
        )
    provenance = Provenance(
        writer=f"the language model {model.name}",
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        prompt_version=PROMPT_VERSION,
        reviewed=False,
    )
    return DescriptionSet(name, layout, provenance, _assemble(questions, texts, model.name))


def read_answer(question: Question, answer: str) -> str | dict[str, str]:
    """Check one answer.

    Returns:
        The global text, or joint -> text.

    Raises:
        ValueError: The answer is not what was asked for; the message tells the model what is.
    """
    if question.kind == "global":
        return _check_length("the answer", " ".join(answer.split()))
    pydantic = require("pydantic", extra="write")
    texts = pydantic.create_model(
        "JointTexts",
        __config__=pydantic.ConfigDict(extra="forbid", strict=True),
        **{joint: (str, ...) for joint in question.joints},
    )
    found = re.search(r"\{.*\}", answer, re.DOTALL)
    if found is None:
        raise ValueError("expected one JSON object, found none")
    try:
        checked = texts.model_validate_json(found.group()).model_dump()
    except pydantic.ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        if first["type"] == "extra_forbidden":
            raise ValueError("a key is no joint of the list") from None
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{place}: {first['msg']}" if place else str(first["msg"])) from None
    return {joint: _check_length(joint, " ".join(text.split())) for joint, text in checked.items()}


def _check_length(what: str, text: str) -> str:
    if not text:
        raise ValueError(f"{what} is empty")
    if len(text) > _MOST_CHARACTERS:
        raise ValueError(f"{what} has {len(text)} characters, at most {_MOST_CHARACTERS} expected")
    return text


def _ask(question: Question, model: ChatModel) -> tuple[str, str]:
    """(answer, "") or ("", what was wrong with the last attempt)."""
    complaint = ""
    for _ in range(_ATTEMPTS):
        hint = f"\n\nAn earlier answer could not be used ({complaint})." if complaint else ""
        answer = model.ask(question.prompt + hint, schema=_schema(question))
        try:
            return json.dumps(read_answer(question, answer)), ""
        except ValueError as error:
            complaint = str(error)
    return "", complaint


def _schema(question: Question) -> dict[str, Any] | None:
    if not question.joints:
        return None
    return {
        "type": "object",
        "properties": {joint: {"type": "string"} for joint in question.joints},
        "required": list(question.joints),
        "additionalProperties": False,
    }


def _assemble(
    questions: Sequence[Question], texts: dict[str, str], model: str
) -> tuple[ActionDescription, ...]:
    found: dict[str, dict[Kind, Any]] = {}
    for question in questions:
        content = json.loads(texts[_key(question, model)])
        found.setdefault(question.action, {})[question.kind] = content
    return tuple(
        ActionDescription(action, parts["global"], parts["joint_motion"])
        for action, parts in found.items()
    )


def _key(question: Question, model: str) -> str:
    return f"{model}/{hash_text(question.prompt)}"
