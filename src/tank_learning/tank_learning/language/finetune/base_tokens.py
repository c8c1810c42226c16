"""A published model's tokenizer, in the terms of llama.cpp.

Three kinds are read:

- ``tokenizer.model``: SentencePiece of type BPE, which Google's folders have;
- ``tokenizer.json`` alone, Gemma's kind: BPE over the text with "▁" for spaces and bytes to fall
  back on. llama.cpp's "llama"
  tokenizer joins the pair with the best score, so a token's score is minus the rank of the first
  merge that makes it;
- ``tokenizer.json`` alone, byte-level BPE with a splitting rule that llama.cpp knows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gguf

from tank_core.exceptions import ModelError
from tank_learning.language.model.tokenizer import SPLIT as QWEN2_SPLIT

BOS, EOS, PAD, UNKNOWN, TURN, END_OF_TURN = (
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "<start_of_turn>",
    "<end_of_turn>",
)
_CONTROL = (BOS, EOS, PAD, TURN, END_OF_TURN)
_NEVER = -1e9  # the score of a token that no merge makes
_SENTENCEPIECE_BPE = 2
_SPLITS = {QWEN2_SPLIT: "qwen2"}  # splitting rule: llama.cpp's name for it
Kind = gguf.TokenType


@dataclass
class BaseTokens:
    """Tokens by id.

    ``encode`` is the folder's own tokenizer, which llama.cpp's must agree with.
    """

    model: str  # tokenizer.ggml.model
    texts: list[str]
    kinds: list[int]
    encode: Callable[[str], list[int]]
    scores: list[float] | None = None
    merges: list[str] | None = None
    pre: str = "default"
    ids: dict[str, int] = field(default_factory=dict)

    def write(self, writer: gguf.GGUFWriter) -> None:
        """Into a GGUF file's metadata."""
        writer.add_tokenizer_model(self.model)
        writer.add_tokenizer_pre(self.pre)
        writer.add_token_list(self.texts)
        if self.scores is not None:
            writer.add_token_scores(self.scores)
        writer.add_token_types(self.kinds)
        if self.merges is not None:
            writer.add_token_merges(self.merges)
        writer.add_bos_token_id(self.ids[BOS])
        writer.add_eos_token_id(self.ids[EOS])
        writer.add_eot_token_id(self.ids[END_OF_TURN])
        for token, add in ((PAD, writer.add_pad_token_id), (UNKNOWN, writer.add_unk_token_id)):
            if token in self.ids:
                add(self.ids[token])
        writer.add_add_bos_token(True)
        writer.add_add_space_prefix(False)


def read_tokens(folder: Path, size: int) -> BaseTokens:
    """The tokenizer of a folder whose model has ``size`` tokens.

    Raises ModelError in one line.
    """
    if (folder / "tokenizer.model").is_file():
        tokens = _from_sentencepiece(folder / "tokenizer.model")
    elif (folder / "tokenizer.json").is_file():
        tokens = _from_json(folder / "tokenizer.json")
    else:
        raise ModelError(
            f"{folder} has no tokenizer.model and no tokenizer.json; copy the whole folder of the "
            "model"
        )
    _mark_added(folder, tokens, size)
    if len(tokens.texts) > size:
        raise ModelError(
            f"the tokenizer in {folder} has {len(tokens.texts)} tokens and the model {size}; copy "
            "both from the same place"
        )
    for number in range(len(tokens.texts), size):  # rows of the embedding that no token uses
        tokens.texts.append(f"[PAD{number}]")
        tokens.kinds.append(Kind.UNUSED)
    if tokens.scores is not None:
        tokens.scores += [_NEVER] * (size - len(tokens.scores))
    tokens.ids = {text: number for number, text in enumerate(tokens.texts)}
    for token in _CONTROL:
        if token not in tokens.ids and token != PAD:
            raise ModelError(
                f"the tokenizer in {folder} has no token {token}, so it is not Gemma 3's; take "
                "google/gemma-3-270m-it or its like"
            )
        if token in tokens.ids:
            tokens.kinds[tokens.ids[token]] = Kind.CONTROL  # never to be spelled by a sentence
    return tokens


def _from_sentencepiece(path: Path) -> BaseTokens:
    from sentencepiece import SentencePieceProcessor, sentencepiece_model_pb2

    model = sentencepiece_model_pb2.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
        processor = SentencePieceProcessor(model_proto=model.SerializeToString())
    except Exception as error:  # protobuf's and SentencePiece's own
        raise ModelError(
            f"{path} is no SentencePiece model ({' '.join(str(error).split())[:100]}); copy it "
            "again"
        ) from None
    if (
        model.trainer_spec.model_type != _SENTENCEPIECE_BPE
        or model.normalizer_spec.add_dummy_prefix
    ):
        raise ModelError(
            f"{path} is not a SentencePiece model of type BPE without a space in front, as Gemma's "
            "is; take Gemma 3's own"
        )
    # The enum's numbers are those of llama.cpp's token types.
    kinds = [int(piece.type) for piece in model.pieces]
    texts = [_as_said(piece.piece, kind) for piece, kind in zip(model.pieces, kinds, strict=True)]
    return BaseTokens(
        "llama", texts, kinds, processor.encode, scores=[piece.score for piece in model.pieces]
    )


def _from_json(path: Path) -> BaseTokens:
    from tokenizers import Tokenizer

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # ValueError, and tokenizers' plain Exception
        raise ModelError(
            f"{path} is no tokenizer ({' '.join(str(error).split())[:100]}); copy it again"
        ) from None

    def encode(text: str) -> list[int]:
        return list(tokenizer.encode(text, add_special_tokens=False).ids)

    model = data["model"]
    if model.get("type") == "BPE" and model.get("byte_fallback") and _escapes_spaces(data):
        return _gemma_kind(model, encode)
    pre = _known_split(data)
    if model.get("type") == "BPE" and pre:
        return _byte_level_kind(model, pre, encode)
    raise ModelError(
        f"{path} is neither Gemma's tokenizer nor a byte-level BPE that llama.cpp knows; put "
        "Gemma's tokenizer.model beside it"
    )


def _gemma_kind(model: dict[str, Any], encode: Callable[[str], list[int]]) -> BaseTokens:
    texts = _by_id(model["vocab"])
    rank: dict[str, int] = {}
    for number, (left, right) in enumerate(_pairs(model)):
        rank.setdefault(left + right, number)
    scores = [float(-rank[text]) if text in rank else _NEVER for text in texts]
    return BaseTokens("llama", texts, [_kind_of(text) for text in texts], encode, scores=scores)


def _byte_level_kind(
    model: dict[str, Any], pre: str, encode: Callable[[str], list[int]]
) -> BaseTokens:
    texts = _by_id(model["vocab"])
    merges = [" ".join(pair) for pair in _pairs(model)]
    return BaseTokens("gpt2", texts, [Kind.NORMAL] * len(texts), encode, merges=merges, pre=pre)


def _mark_added(folder: Path, tokens: BaseTokens, size: int) -> None:
    """Mark tokens that were added to the vocabulary.

    Either of two files may list them.
    """
    added: dict[int, tuple[str, bool]] = {}
    for name in ("tokenizer_config.json", "tokenizer.json"):
        if (folder / name).is_file():
            data = json.loads((folder / name).read_text(encoding="utf-8"))
            listed = data.get("added_tokens_decoder", {})
            entries = [{"id": int(number), **entry} for number, entry in listed.items()] + data.get(
                "added_tokens", []
            )
            added.update(
                {
                    entry["id"]: (entry["content"], bool(entry.get("special")))
                    for entry in entries
                    if entry["id"] < size
                }
            )
    for number, (text, special) in sorted(added.items()):
        while len(tokens.texts) <= number:
            tokens.texts.append(f"[PAD{len(tokens.texts)}]")
            tokens.kinds.append(Kind.UNUSED)
            if tokens.scores is not None:
                tokens.scores.append(_NEVER)
        if tokens.kinds[number] in (Kind.UNKNOWN, Kind.BYTE):
            continue
        tokens.kinds[number] = Kind.CONTROL if special else Kind.USER_DEFINED
        tokens.texts[number] = (
            _as_said(text, tokens.kinds[number]) if tokens.model == "llama" else text
        )


def _as_said(text: str, kind: int) -> str:
    """Return a user-defined token as llama.cpp looks for it.

    That is with spaces instead of "▁". llama.cpp looks in the text as it is said, before it turns
    spaces into "▁".
    """
    return text.replace("▁", " ") if kind == Kind.USER_DEFINED else text


def _kind_of(text: str) -> int:
    if text == UNKNOWN:
        return int(Kind.UNKNOWN)
    is_byte = len(text) == 6 and text.startswith("<0x") and text.endswith(">")
    return int(Kind.BYTE if is_byte else Kind.NORMAL)


def _by_id(vocabulary: dict[str, int]) -> list[str]:
    texts = [f"[PAD{number}]" for number in range(max(vocabulary.values()) + 1)]
    for text, number in vocabulary.items():
        texts[number] = text
    return texts


def _pairs(model: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = (merge.split(" ", 1) if isinstance(merge, str) else merge for merge in model["merges"])
    return [(left, right) for left, right in pairs]


def _escapes_spaces(data: dict[str, Any]) -> bool:
    normalizer = data.get("normalizer") or {}
    return (
        normalizer.get("type") == "Replace"
        and normalizer.get("pattern") == {"String": " "}
        and normalizer.get("content") == "▁"
    )


def _known_split(data: dict[str, Any]) -> str | None:
    steps = (data.get("pre_tokenizer") or {}).get("pretokenizers", [])
    if (
        data.get("normalizer")
        or [step["type"] for step in steps] != ["Split", "ByteLevel"]
        or steps[1].get("add_prefix_space")
    ):
        return None
    return _SPLITS.get(steps[0]["pattern"].get("Regex", ""))
