"""The small model's tokenizer.

Byte-level BPE with single digits, and one token for each word of shorthand.

llama.cpp reads it as ``tokenizer.ggml.model`` "gpt2" with ``pre`` "qwen2", whose splitting rule is
repeated here.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from tank_core.commands import shorthand
from tank_language.prompt import Form, render

BOS, EOS, PAD, OUT = "<bos>", "<eos>", "<pad>", "<out>"
CONTROL = (PAD, BOS, EOS, OUT)
# llama.cpp, src/llama-vocab.cpp, LLAMA_VOCAB_PRE_TYPE_QWEN2: digits one by one.
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def answer_words() -> list[str]:
    """The user-defined tokens: each word of shorthand in angle brackets."""
    return [f"<{word}>" for word in shorthand.words()]


def train_tokenizer(sentences: Iterable[str], size: int) -> Tokenizer:
    """A tokenizer of at most ``size`` tokens for normalized sentences."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [*CONTROL, *answer_words()]
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=3,
        show_progress=False,
    )
    tokenizer.train_from_iterator(sentences, trainer)
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in special]
    )
    return tokenizer


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """The id of a token that is there by construction."""
    number = tokenizer.token_to_id(token)
    assert number is not None, token
    return int(number)


def encode_prompt(tokenizer: Tokenizer, instruction: str) -> list[int]:
    """Token ids of the prompt."""
    return list(tokenizer.encode(str(render(instruction, Form.SHORTHAND))).ids)


def fragmented(
    tokenizer: Tokenizer,
    ids: list[int],
    rng: random.Random,
    share: float,
    whole: Collection[int] = (),
) -> list[int]:
    """The same text in more tokens.

    Each of several letters is cut in two with probability ``share``, if both parts are tokens and
    it is none of ``whole``: what is copied into the answer is read as it is written there.

    So the model learns to read words letter by letter, too, as a mistyped word comes. (Subword
    regularization: Kudo 2018, arXiv:1804.10959.)
    """
    pieces: list[int] = []
    for number in ids:
        token = str(tokenizer.id_to_token(number))
        cut = (
            rng.randint(1, len(token) - 1)
            if len(token) > 1 and token[0] != "<" and number not in whole and rng.random() < share
            else 0
        )
        head, tail = (
            tokenizer.token_to_id(part) if part else None for part in (token[:cut], token[cut:])
        )
        pieces += [number] if head is None or tail is None else [head, tail]
    return pieces


def encode_answer(tokenizer: Tokenizer, answer: str) -> list[int]:
    """Token ids of a shorthand answer, end of sequence included."""
    return [*tokenizer.encode(shorthand.to_tokens(answer)).ids, token_id(tokenizer, EOS)]


def decode_answer(tokenizer: Tokenizer, ids: list[int]) -> str:
    """The text in tokens that the model wrote (``<move><forward>2<ft>``)."""
    return str(tokenizer.decode(ids, skip_special_tokens=False)).replace(EOS, "")
