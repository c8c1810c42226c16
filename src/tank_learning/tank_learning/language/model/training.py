"""Training of the small model from scratch: ``./tank train``.

The schedule is counted in tokens, so it is the same everywhere.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from tokenizers import Tokenizer
from torch import Tensor

from tank_core.exceptions import TankError
from tank_learning.language.corpus import dataset
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.model.network import CausalTransformer, NetworkShape
from tank_learning.language.model.tokenizer import (
    PAD,
    encode_answer,
    encode_prompt,
    fragmented,
    token_id,
    train_tokenizer,
)
from tank_learning.trainer.batching import IGNORED, Batch, Row, grouped, padded
from tank_learning.trainer.checkpoint import Checkpoint, save
from tank_learning.trainer.device import Machine
from tank_learning.trainer.run import Intervals
from tank_learning.trainer.run import train as run
from tank_learning.trainer.schedule import trapezoid

CHECKPOINT = "checkpoint.pt"
RHYTHM = Intervals(report_steps=200, save_every_s=60.0)
FRAGMENTS = 0.3  # share of the tokens that are cut, in a sentence that is fragmented
# answer tokens in multiples of it: each new shape costs oneDNN a megabyte of code that it keeps
ANSWER_STEP = 128
POOL = 2048  # sentences sorted by length together, so that little is padded
RESTARTED = 0.6  # share of the full rates, falling from the warm-up on, that such a run has
LONGEST = 256  # [tokens] prompt and answer; a longer example is left out


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run."""

    tokens: int = 13_000_000  # prompt and answer tokens seen
    batch_tokens: int = 2048
    vocabulary: int = 2048
    width: int = 256
    layers: int = 4
    heads: int = 4
    feed_forward: int = 1024
    matrix_rate: float = 0.02  # Muon
    other_rate: float = 0.004  # AdamW
    warmup: float = 0.02  # share of the tokens
    cooldown: float = 0.5  # share of the tokens over which the rate falls to 0
    dropout: float = 0.0
    handwritten_share: float = 0.55
    fragmented: float = 0.25  # share of sentences with words cut into smaller tokens
    average: float = 0.998  # decay of the weights' moving average, which is what ships
    seed: int = 1
    # hand-written files held out of training as a whole, for validation by writer
    voices_out: Sequence[str] = ()
    start: str = ""  # the folder of a run whose tokenizer and weights are gone on from

    def plain(self) -> dict[str, Any]:
        """As a checkpoint holds it: with lists."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}


def train(
    recipe: Recipe,
    out: Path,
    machine: Machine | None = None,
    extra: Sequence[Example] = (),
    *,
    resume: bool = False,
) -> Path:
    """Train on the hand-written, the composed and the ``extra`` sentences.

    Writes ``out/model.pt``, ``out/tokenizer.json``, ``out/curve.jsonl`` and ``out/curve.png``;
    prints progress. ``out/checkpoint.pt`` lets an interrupted run be resumed; it is the same
    sentence by sentence and, on a CPU, to the last digit. Raises TankError when the checkpoint
    there is of another recipe, or of an unfinished run that is not resumed.
    """
    machine = machine or Machine.detect()
    torch.manual_seed(recipe.seed)
    if machine.threads:
        torch.set_num_threads(machine.threads)
    out.mkdir(parents=True, exist_ok=True)
    kept, held = sentences(recipe.voices_out, extra)
    checkpoint = Checkpoint(out / CHECKPOINT, recipe.plain(), {"sentences": digest(kept)})
    state = checkpoint.read(resume)
    print(f"{len(kept)} sentences to multiply, {len(held)} held out; {machine}", flush=True)
    if state is None:
        first = load(Path(recipe.start))[1] if recipe.start else _fresh_tokenizer(recipe, kept)
        first.save(str(out / "tokenizer.json"))
    learner = _Learner(recipe, machine, out, kept, held)
    run(learner, checkpoint, state, RHYTHM)
    return out


def sentences(
    voices_out: Sequence[str], extra: Sequence[Example]
) -> tuple[list[Example], list[Example]]:
    """(to train on, held out): ours and ``extra``, less what must not be used."""
    kept, held = dataset.split(dataset.read_handwritten(), voices_out)
    guarded = dataset.guarded(extra)
    if len(guarded) < len(extra):
        print(
            f"{len(extra) - len(guarded)} sentences left out: held out, or too near an evaluation "
            "sentence",
            flush=True,
        )
    return kept + guarded, held


def digest(examples: Iterable[Example]) -> str:
    """Hash of all that is trained on: a run goes on with the same sentences."""
    rows = [[e.instruction, e.answer, e.source] for e in examples]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _fresh_tokenizer(recipe: Recipe, kept: list[Example]) -> Tokenizer:
    count = min(60_000, max(2_000, recipe.tokens // 100))  # a short run needs no fine vocabulary
    sample = islice(dataset.stream(kept, recipe.seed + 100, recipe.handwritten_share), count)
    return train_tokenizer((example.plain for example in sample), recipe.vocabulary)


def batches(rows: Iterator[Row], batch_tokens: int, pad: int) -> Iterator[Batch]:
    """Endless batches of rows of like length, with loss on the answer only."""
    while True:
        groups = grouped(islice(rows, POOL), batch_tokens)
        random.Random(len(groups[0][0][0])).shuffle(groups)
        yield from (padded(group, pad) for group in groups)


def answers_right(
    network: CausalTransformer, tokenizer: Tokenizer, examples: list[Example]
) -> float:
    """Return the share of examples whose shorthand is the expected one.

    Decoded greedily, to the letter: that is so where after the prompt and what is wanted before it
    each token that is wanted is the likeliest, which takes one pass instead of one for each token.
    """
    by_length: dict[int, list[Row]] = {}
    for example in examples:
        prompt = encode_prompt(tokenizer, example.instruction)
        whole = prompt + encode_answer(tokenizer, example.answer)
        by_length.setdefault(len(whole), []).append((whole, len(prompt)))
    found = sum(int(count_right(network, rows)) for rows in by_length.values())
    return found / len(examples)


@torch.no_grad()  # type: ignore[untyped-decorator]
def count_right(network: CausalTransformer, rows: list[Row]) -> int:
    """Count the rows (of one length) whose answers the network gives greedily."""
    network.eval()
    weights = network.embedding.weight
    ids = torch.tensor([whole for whole, _ in rows], device=weights.device)
    likeliest = functional.linear(network.hidden(ids)[:, :-1], weights).argmax(-1)
    begins = torch.tensor([prompt - 1 for _, prompt in rows], device=weights.device)
    asked = torch.arange(ids.shape[1] - 1, device=weights.device) < begins[:, None]
    return int(((likeliest == ids[:, 1:]) | asked).all(1).sum())


class _Learner:
    """The small model at its training.

    It keeps the moving average of the weights.
    """

    cure = "choose another --seed, or lower the rates in Recipe (training.py)"

    def __init__(
        self,
        recipe: Recipe,
        machine: Machine,
        out: Path,
        kept: list[Example],
        held: list[Example],
    ) -> None:
        self.recipe, self.machine, self.out, self.kept, self.held = (
            recipe, machine, out, kept, held,
        )  # fmt: skip
        self.tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
        self.network = _network(recipe, self.tokenizer).to(machine.device)
        self.optimizers = _optimizers(recipe, self.network)
        self.average = torch.optim.swa_utils.AveragedModel(
            self.network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average)
        )
        hidden = self.network.hidden
        self._hidden = torch.compile(hidden, dynamic=True) if machine.compiled else hidden

    def steps(self) -> Iterator[Batch]:
        return batches(self._rows(), self.recipe.batch_tokens, token_id(self.tokenizer, PAD))

    def _rows(self) -> Iterator[Row]:
        rng = random.Random(self.recipe.seed + 200)
        for example in dataset.stream(self.kept, self.recipe.seed, self.recipe.handwritten_share):
            prompt = encode_prompt(self.tokenizer, example.instruction)
            answer = encode_answer(self.tokenizer, example.answer)
            if rng.random() < self.recipe.fragmented:
                prompt = fragmented(self.tokenizer, prompt, rng, FRAGMENTS, frozenset(answer))
            if len(prompt) + len(answer) <= LONGEST:
                yield prompt + answer, len(prompt)

    def size(self, step: Batch) -> int:
        ids, _ = step
        return int(ids.numel())

    def learn(self, step: Batch, progress: float) -> float:
        ids, targets = (part.to(self.machine.device) for part in step)
        self.network.train()
        places = (targets.flatten() != IGNORED).nonzero()[:, 0]
        # place 0 is <bos>, which has no target
        places = functional.pad(places, (0, -len(places) % ANSWER_STEP))
        with torch.autocast(self.machine.device, torch.bfloat16, enabled=self.machine.bf16):
            logits = functional.linear(
                self._hidden(ids).flatten(0, 1)[places], self.network.embedding.weight
            )
        loss = functional.cross_entropy(logits.float(), targets.flatten()[places])
        loss.backward()
        warmup, start = self.recipe.warmup, self.recipe.start
        rate = trapezoid(progress, warmup, 1 - warmup if start else self.recipe.cooldown)
        rate *= RESTARTED if start else 1.0
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_rate"] * rate
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.average.update_parameters(self.network)
        return float(loss.detach())

    def held_out(self) -> float | None:
        if not self.held:
            return None
        return answers_right(self.average.module, self.tokenizer, self.held)

    def publish(self) -> None:
        model = {
            "weights": self.average.module.state_dict(),
            "shape": asdict(self.network.shape),
            "recipe": self.recipe.plain(),
        }
        save(model, self.out / "model.pt")

    def state(self) -> dict[str, Any]:
        return {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)


def _network(recipe: Recipe, tokenizer: Tokenizer) -> CausalTransformer:
    vocabulary = tokenizer.get_vocab_size()
    shape = NetworkShape(
        vocabulary, recipe.width, recipe.layers, recipe.heads, 1, 64, recipe.feed_forward
    )
    network = (
        load(Path(recipe.start))[0] if recipe.start else CausalTransformer(shape, recipe.dropout)
    )
    count = sum(weights.numel() for weights in network.parameters())
    print(f"{count / 1e6:.2f} M parameters, {vocabulary} tokens", flush=True)
    return network


def _optimizers(recipe: Recipe, network: CausalTransformer) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for matrices, AdamW for the rest."""
    matrices: list[Tensor] = []
    others: list[Tensor] = []
    for name, weights in network.named_parameters():
        is_matrix = weights.ndim == 2 and "embedding" not in name
        (matrices if is_matrix else others).append(weights)
    muon = torch.optim.Muon(
        matrices,
        lr=recipe.matrix_rate,
        momentum=0.95,
        weight_decay=0.01,
        adjust_lr_fn="original",
    )
    adam = torch.optim.AdamW(others, lr=recipe.other_rate, betas=(0.9, 0.95), weight_decay=0.0)
    for optimizer in (muon, adam):
        for group in optimizer.param_groups:
            group["full_rate"] = group["lr"]
    return muon, adam


def load(folder: Path) -> tuple[CausalTransformer, Tokenizer, dict[str, object]]:
    """(network, tokenizer, recipe) of a finished run.

    Raises TankError for a folder without one.
    """
    if not (folder / "model.pt").is_file():
        raise TankError(f"{folder} holds no model.pt; name the folder of a finished run")
    state = torch.load(folder / "model.pt", weights_only=True, map_location="cpu")
    network = CausalTransformer(NetworkShape(**state["shape"]))
    network.load_state_dict(state["weights"])
    return network.eval(), Tokenizer.from_file(str(folder / "tokenizer.json")), state["recipe"]
