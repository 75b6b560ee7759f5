"""Ask a language model a question, through any server that speaks OpenAI's protocol."""

from dataclasses import dataclass
from typing import Any, Protocol

from crossglg.errors import CrossGLGError, require


class ChatError(CrossGLGError, RuntimeError):
    """The language model could not be asked."""


class ChatModel(Protocol):
    """Anything that answers a question."""

    @property
    def name(self) -> str:
        """The model's name, part of the provenance of what it writes."""

    def ask(self, question: str, *, schema: dict[str, Any] | None = None) -> str:
        """The answer to one question; in JSON of this schema if one is given.

        Raises:
            ChatError: There is no answer, and asking again will not help.
        """


@dataclass(frozen=True)
class Endpoint:
    """Where the model is.

    Attributes:
        base_url: Such as ``http://localhost:11434/v1`` (Ollama); empty for OpenAI's own.
        api_key: Sent to that server and nowhere else; local servers take any.
        timeout_s: Of one request.
        retries: How often a request is repeated after a time-out, a rate limit or an error of
            the server, each time after a longer pause.
    """

    base_url: str = ""
    api_key: str = ""
    timeout_s: float = 120.0
    retries: int = 5

    def __repr__(self) -> str:
        """Without the key."""
        return f"Endpoint({self.base_url or 'default'!r})"


class OpenAIChat:
    """A model behind an OpenAI-compatible endpoint (OpenAI, Ollama, vLLM, llama.cpp, ...).

    Args:
        model: The model's name there.
        endpoint: The server.

    Raises:
        MissingExtraError: The openai package is not installed.
    """

    def __init__(self, model: str, endpoint: Endpoint) -> None:
        self.name = model
        self._openai = require("openai", extra="write")
        self._key = endpoint.api_key
        self._client = self._openai.OpenAI(
            base_url=endpoint.base_url or None,
            api_key=endpoint.api_key or "none",
            timeout=endpoint.timeout_s,
            max_retries=endpoint.retries,
        )

    def ask(self, question: str, *, schema: dict[str, Any] | None = None) -> str:
        """The answer to one question.

        Raises:
            ChatError: The server refuses, cannot be reached, or answers nothing.
        """
        wanted: dict[str, Any] = {}
        if schema is not None:
            named = {"name": "answer", "schema": schema, "strict": True}
            wanted["response_format"] = {"type": "json_schema", "json_schema": named}
        try:
            return self._complete(question, wanted)
        except self._openai.BadRequestError:
            # Not every server knows schemas; the question itself asks for JSON too.
            return self._complete(question, {})

    def _complete(self, question: str, wanted: dict[str, Any]) -> str:
        try:
            completion = self._client.chat.completions.create(
                model=self.name, messages=[{"role": "user", "content": question}], **wanted
            )
        except self._openai.BadRequestError:
            if wanted:
                raise
            raise ChatError(f"The server does not accept the question for '{self.name}'.") from None
        except self._openai.OpenAIError as error:
            # The cause is dropped with its request, which holds the key.
            raise ChatError(self._hide_key(f"'{self.name}' cannot be asked: {error}")) from None
        answer = completion.choices[0].message.content if completion.choices else None
        return answer or ""

    def _hide_key(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text
