"""An OpenAI-compatible chat endpoint.

One question, one text, with patience for what passes and a cure for what does not.
"""

from __future__ import annotations

import email.utils
import os
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx2

from tank_core.exceptions import TankError

ATTEMPTS = 6
LONGEST_WAIT_S = 600.0
_PASSING = frozenset((408, 409, 425, 429))
_CURES = {
    401: "put a valid key into {key}", 403: "put a key that may use this model into {key}",
    402: "the account has no credit left: add some",
    404: "look at --endpoint, which usually ends in /v1, and at --model",
    405: "look at --endpoint, which usually ends in /v1", 413: "ask for fewer --pairs",
}  # fmt: skip


class EndpointError(TankError, RuntimeError):
    """An endpoint that refused, or that did not answer in spite of patience."""


class _TryAgainError(Exception):
    """An error that may pass by itself.

    ``wait_s`` is how long the endpoint wants to be left alone, if it says so.
    """

    def __init__(self, problem: str, wait_s: float | None = None) -> None:
        super().__init__(problem)
        self.wait_s = wait_s


class ChatEndpoint:
    """Asks one endpoint.

    The key is read from the environment variable ``key_env``; it is sent, and never shown.
    """

    def __init__(
        self,
        url: str,
        key_env: str,
        timeout_s: float = 120.0,
        first_wait_s: float = 1.0,
        say: Callable[[str], None] = print,
    ) -> None:
        self._url = url.rstrip("/").removesuffix("/chat/completions") + "/chat/completions"
        self._key_env, self._key = key_env, _key(key_env)
        self._first_wait_s, self._say = first_wait_s, say
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        if not re.match(r"https?://[^/\s]", url):
            raise EndpointError(
                f"--endpoint {url!r} is no address; it begins with https:// or http:// and usually "
                "ends in /v1"
            )
        self._client = httpx2.Client(headers=headers, timeout=timeout_s)

    def close(self) -> None:
        self._client.close()

    def ask(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        seed: int,
        max_tokens: int,
        temperature: float = 1.0,
    ) -> str:
        """The text of the model's answer.

        Raises EndpointError when it is refused, or keeps failing.
        """
        question = {
            "model": model,
            "messages": list(messages),
            "temperature": temperature,
            "seed": seed,
            "max_tokens": max_tokens,
        }
        for attempt in range(ATTEMPTS):
            try:
                return self._once(question)
            except _TryAgainError as error:
                problem = error
            if attempt < ATTEMPTS - 1:
                self._pause(attempt, problem)
        raise EndpointError(
            f"{model}: {problem}, {ATTEMPTS} times; start the same command again later, it goes on "
            "from here"
        )

    def _pause(self, attempt: int, problem: _TryAgainError) -> None:
        wait_s = problem.wait_s
        if wait_s is None:
            wait_s = self._first_wait_s * 2**attempt * random.uniform(0.75, 1.25)
        wait_s = min(wait_s, LONGEST_WAIT_S)
        self._say(f"{problem}; trying again in {wait_s:.1f} s")
        time.sleep(wait_s)

    def _once(self, question: dict[str, Any]) -> str:
        try:
            response = self._client.post(self._url, json=question)
        except httpx2.TimeoutException:
            raise _TryAgainError("no answer in time") from None
        except httpx2.TransportError as error:
            raise _TryAgainError(f"the connection failed: {self._plain(str(error))}") from None
        except (httpx2.InvalidURL, httpx2.DecodingError, ValueError) as error:
            raise EndpointError(
                f"{self._url} cannot be asked: {self._plain(str(error))}; look at --endpoint"
            ) from None
        data = _json(response)
        self._check(response.status_code, data, response, str(question["model"]))
        return self._hidden(_content(data))

    def _check(self, status: int, data: Any, response: httpx2.Response, model: str) -> None:
        """Raises for every answer that is none.

        Some endpoints report an error in the body of a 200.
        """
        error = data.get("error") if isinstance(data, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        if status == 200 and error:
            status = code if isinstance(code, int) else 500
        if status == 200:
            return
        message = self._plain(
            str(error.get("message", "") if isinstance(error, dict) else error or "")
        )
        said = f"the endpoint says {status}" + (f" ({message})" if message else "")
        if status in _PASSING or status >= 500:
            raise _TryAgainError(said, _retry_after(response.headers.get("Retry-After", "")))
        cure = _CURES.get(status, "look at --endpoint and --model").format(key=self._key_env)
        raise EndpointError(f"{model}: {said}; {cure}, then start the same command again")

    def _hidden(self, text: str) -> str:
        return text.replace(self._key, "[key]") if self._key else text

    def _plain(self, text: str) -> str:
        return " ".join(self._hidden(text).split())[:200]


def _key(name: str) -> str:
    key = os.environ.get(name, "").strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise EndpointError(
            f"the value of {name} is no API key: it holds spaces or characters that cannot be "
            "sent; set it again"
        )
    return key


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None


def _content(data: Any) -> str:
    """The text of a chat answer; raises _TryAgainError where there is none."""
    try:
        content = data["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise _TryAgainError(
            "what came back is no chat answer (an --endpoint usually ends in /v1)"
        ) from None
    if isinstance(content, list):  # parts, as some endpoints give them
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _retry_after(header: str) -> float | None:
    """Seconds from a Retry-After header, which gives seconds or a date."""
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
