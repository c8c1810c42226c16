"""A GGUF model that answers sentences, run by llama.cpp."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tank_core.commands import shorthand
from tank_core.exceptions import ModelError
from tank_language.both import Both
from tank_language.grammar import json_gbnf
from tank_language.prompt import Form, asks, render
from tank_llama.answer import RawAnswer, never
from tank_llama.context import LlamaContext
from tank_llama.gguf_header import GgufHeader, read_header
from tank_llama.model_file import find_models, is_published
from tank_llama.trial import try_model
from tank_llama.turns import Turns, turns_of
from tank_llama.vocabulary import LlamaVocabulary
from tank_llama.writer import Manner, Writer, default_threads

FORM_KEY = "tank.answer"  # a GGUF's metadata key; only our own models have it
# the confidence from which on answers are trusted, in [0, 1]; without it, all are
TRUSTED_KEY = "tank.trusted"
DEFAULT_CONTEXT = 2048  # [tokens]


def load_model(
    given: str | Path = "", threads: int = 0, context: int = DEFAULT_CONTEXT
) -> LlamaModel | Both:
    """The model of a path or name, or the default one (see ``find_models``).

    ``threads`` 0 leaves one core to the others.

    Raises ModelError, in one line, for a missing, damaged, truncated or foreign file. Such a file
    never ends this process: one whose sha256 is not published beside it is tried in another first,
    which takes about a second more.
    """
    models = []
    for file in find_models(str(given)):
        try:
            models.append(load_file(file, threads, context))
        except ModelError:
            for model in models:
                model.close()
            raise
    return models[0] if len(models) == 1 else Both(*models)


def load_file(file: Path, threads: int = 0, context: int = DEFAULT_CONTEXT) -> LlamaModel:
    """The model in a file, as ``load_model``."""
    header = read_header(file)
    if not is_published(file):
        try_model(file, context)
    return LlamaModel(file, header, threads or default_threads(), context)


def frame(
    vocabulary: LlamaVocabulary, form: Form, turns: Turns, asking: str
) -> tuple[list[int], list[int]]:
    """The tokens before and after a sentence, in training and on the robot."""
    prompt = render("", form, turns, asking)
    return vocabulary.tokens(
        prompt.prefix, special=True, begin=form is Form.JSON
    ), vocabulary.tokens(prompt.suffix, special=True)


class LlamaModel:
    """A loaded GGUF: a ``LanguageModel`` whose answers its ``writer`` writes."""

    def __init__(self, path: Path, header: GgufHeader, threads: int, context: int) -> None:
        self.name = path.name
        small = header.metadata.get(FORM_KEY) == Form.SHORTHAND.value
        self.form = Form.SHORTHAND if small else Form.JSON
        trusted = float(header.metadata.get(TRUSTED_KEY, 0.0))
        loaded = LlamaContext(path, threads, context)

        def knows(word: str) -> bool:
            """Whether a word of shorthand is one token of this model."""
            return len(loaded.tokens(f"<{word}>", special=True)) == 1

        try:
            manner = (
                Manner(
                    shorthand.gbnf(known=knows),
                    f"<{shorthand.NONE}>".encode(),
                    384,
                    trusted,
                    shorthand.NAME_MARKS if knows(shorthand.NAME) else None,
                    tells_rare=True,
                )
                if small
                else Manner(json_gbnf(), b"]}", 1024, trusted)
            )
            prefix, suffix = frame(
                loaded, self.form, turns_of(header.metadata), asks(header.metadata)
            )
            if small and (len(prefix), len(suffix)) != (1, 1):
                prompt = render("", self.form)
                raise ModelError(
                    f"model {self.name} has {FORM_KEY} = shorthand, but not the tokens "
                    f"{prompt.prefix} and {prompt.suffix}"
                )
            self.writer = Writer(loaded, manner, prefix, suffix)
        except ModelError:
            loaded.close()
            raise

    def answer(self, instruction: str, cancelled: Callable[[], bool] = never) -> RawAnswer:
        """Answer an instruction; ``cancelled`` is asked before each token."""
        return self.writer.answer(render(instruction, self.form).sentence, cancelled)

    def close(self) -> None:
        """Free the model's memory. Idempotent."""
        self.writer.close()
