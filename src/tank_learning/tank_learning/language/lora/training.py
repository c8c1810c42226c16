"""Training beside a published model's weights, with answers in shorthand.

What learns is two narrow matrices for each of the base's, and the rows of the words of shorthand;
so a run is short, and what it leaves is a file of some 8 MB.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional

from tank_core.commands import shorthand
from tank_language.prompt import Form
from tank_learning.language.corpus import dataset
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.llama_rows import LlamaRows
from tank_learning.language.lora.export import write_delta
from tank_learning.language.lora.network import Embedding, adapted
from tank_learning.language.lora.words import Vocabulary, choose
from tank_learning.language.model.network import CausalTransformer, greedy
from tank_learning.language.model.tokenizer import EOS, PAD
from tank_learning.language.model.training import ANSWER_STEP, digest, sentences
from tank_learning.trainer.batching import IGNORED, Batch, Row, grouped, padded
from tank_learning.trainer.checkpoint import Checkpoint, OneOptimizer
from tank_learning.trainer.device import has_bfloat16
from tank_learning.trainer.run import Intervals, train
from tank_learning.trainer.schedule import trapezoid
from tank_llama.delta.base import GgufBase, fingerprint
from tank_llama.turns import NO_TURNS
from tank_llama.vocabulary import LlamaVocabulary

CHECKPOINT, DELTA = "lora.pt", "tank-gemma.delta"
RHYTHM = Intervals(report_steps=20, save_every_s=180.0)
VALIDATED = 100  # held-out sentences answered for a figure
LONGEST = 160  # [tokens] prompt and answer; a longer example is left out
LONGEST_ANSWER = 48  # [tokens] of a held-out sentence's
POOL = 1024  # sentences sorted by length together, so that little is padded
LENGTH_STEP = 4  # lengths are multiples of it: each new shape costs oneDNN memory that it keeps


@dataclass(frozen=True)
class LoraRecipe:
    """Everything that decides a run."""

    tokens: int = 1_600_000  # prompt and answer tokens seen, padding counted
    step_tokens: int = 1024
    rank: int = 16
    rate: float = 1e-3  # AdamW
    warmup: float = 0.013  # share of the tokens
    cooldown: float = 0.8  # share of the tokens over which the rate falls to 0
    clip: float = 1.0
    handwritten_share: float = 0.55
    seed: int = 1
    # hand-written files held out of training as a whole, for validation by writer
    voices_out: Sequence[str] = ()


def learn(
    base: GgufBase,
    recipe: LoraRecipe,
    out: Path,
    device: str = "cpu",
    extra: Sequence[Example] = (),
    *,
    resume: bool = False,
) -> Path:
    """The path of the delta, which is written with every checkpoint.

    Leaves it with ``lora.pt``, ``curve.jsonl`` and ``curve.png`` in ``out`` and prints progress. A
    run that was killed goes on with ``resume`` as if it had not been.
    """
    out.mkdir(parents=True, exist_ok=True)
    kept, held = sentences(recipe.voices_out, extra)
    plain = {**asdict(recipe), "voices_out": list(recipe.voices_out)}
    checkpoint = Checkpoint(
        out / CHECKPOINT, plain, {"sentences": digest(kept), "base": fingerprint(base)}
    )
    state = checkpoint.read(resume)
    torch.manual_seed(recipe.seed)
    vocabulary, like = choose(base.path)
    dtype = torch.bfloat16 if has_bfloat16(device) else torch.float32
    network = adapted(base, vocabulary.kept, like, recipe.rank, dtype).to(device)
    learner = _Learner(network, vocabulary, base, kept, held, recipe, out / DELTA)
    count = sum(weights.numel() for weights in learner.weights)
    print(
        f"{len(kept)} sentences to multiply, {len(held)} held out; {count / 1e6:.2f} M parameters "
        f"learn, {len(vocabulary.texts)} tokens, {dtype} on {device}",
        flush=True,
    )
    train(learner, checkpoint, state, RHYTHM)
    return out / DELTA


class Tokens(LlamaRows):
    """Sentences and answers to the tokens that the robot will feed and read.

    By llama.cpp, from a file with the vocabulary.
    """

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        super().__init__(LlamaVocabulary(path), Form.SHORTHAND, NO_TURNS, "")
        self.end, self.pad = (vocabulary.texts.index(token) for token in (EOS, PAD))

    def answer(self, text: str) -> list[int]:
        """Token ids of an answer in shorthand, end included."""
        return [*self._vocabulary.tokens(shorthand.to_tokens(text)), self.end]


class _Learner(OneOptimizer):
    """A published model at its training."""

    cure = "go back to the start with a lower --rate"

    def __init__(
        self,
        network: CausalTransformer,
        vocabulary: Vocabulary,
        base: GgufBase,
        kept: list[Example],
        held: list[Example],
        recipe: LoraRecipe,
        path: Path,
    ) -> None:
        self.network, self.vocabulary, self.base = network, vocabulary, base
        self.kept, self.recipe, self.path = kept, recipe, path
        self.held = held[:: max(1, len(held) // VALIDATED)]
        self.weights = [w for w in network.parameters() if w.requires_grad]
        self.optimizer = torch.optim.AdamW(
            self.weights, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.0
        )
        self.publish()
        self.tokens = Tokens(path, vocabulary)

    def steps(self) -> Iterator[Batch]:
        recipe, rng = self.recipe, random.Random(self.recipe.seed)
        examples = dataset.stream(self.kept, recipe.seed, recipe.handwritten_share)
        rows = (row for example in examples if len((row := self.tokens.row(example))[0]) <= LONGEST)
        while True:
            groups = grouped(islice(rows, POOL), recipe.step_tokens)
            rng.shuffle(groups)
            yield from (self._batch(group) for group in groups)

    def _batch(self, rows: list[Row]) -> Batch:
        ids, targets = padded(rows, self.tokens.pad)
        more = -ids.shape[1] % LENGTH_STEP
        return (
            functional.pad(ids, (0, more), value=self.tokens.pad),
            functional.pad(targets, (0, more), value=IGNORED),
        )

    def size(self, step: Batch) -> int:
        return int(step[0].numel())

    def learn(self, step: Batch, progress: float) -> float:
        self.network.train()
        device = self.weights[0].device
        ids, targets = (part.to(device) for part in step)
        places = (targets.flatten() != IGNORED).nonzero()[:, 0]
        # place 0 is <bos>, which has no target
        places = functional.pad(places, (0, -len(places) % ANSWER_STEP))
        hidden = self.network.hidden(ids).flatten(0, 1)[places]
        logits = _embedding(self.network).logits(hidden)
        loss = functional.cross_entropy(logits, targets.flatten()[places])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.weights, self.recipe.clip)
        rate = trapezoid(progress, self.recipe.warmup, self.recipe.cooldown)
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate * rate
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return float(loss.detach())

    def held_out(self) -> float | None:
        return share_right(self.network, self.tokens, self.held) if self.held else None

    def publish(self) -> None:
        write_delta(self.network, self.vocabulary, self.base, self.path)


def share_right(network: CausalTransformer, tokens: Tokens, examples: Sequence[Example]) -> float:
    """Share of examples whose greedy answer is the expected one, to the letter."""
    prompts = [tokens.prompt(example.instruction) for example in examples]
    written = greedy(network, prompts, tokens.end, LONGEST_ANSWER)
    wanted = [tokens.answer(example.answer)[:-1] for example in examples]
    return sum(map(list.__eq__, written, wanted)) / len(examples)


def _embedding(network: CausalTransformer) -> Embedding:
    embedding: Any = network.embedding
    assert isinstance(embedding, Embedding)
    return embedding
