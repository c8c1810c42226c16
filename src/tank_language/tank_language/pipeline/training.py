"""Training of the small model from scratch: ``./tank train``. The schedule is counted in tokens, so it is the same everywhere."""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import torch
import torch.nn.functional as functional
from tokenizers import Tokenizer
from torch import Tensor

from tank_language.pipeline import dataset
from tank_language.pipeline.dataset import Example
from tank_language.pipeline.network import Network, Shape, greedy
from tank_language.pipeline.tokenizer import EOS, PAD, encode_answer, encode_prompt, token_id, train_tokenizer
from tank_language.prompt import normalise

IGNORED = -100  # cross_entropy's ignore_index


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run."""

    tokens: int = 8_000_000  # prompt and answer tokens seen
    batch_tokens: int = 2048
    vocabulary: int = 2048
    width: int = 192
    layers: int = 4
    heads: int = 3
    feed_forward: int = 768
    matrix_rate: float = 0.02  # Muon
    other_rate: float = 0.004  # AdamW
    warmup: float = 0.02  # share of the tokens
    cooldown: float = 0.5  # share of the tokens over which the rate falls to 0
    dropout: float = 0.0
    handwritten_share: float = 0.4
    average: float = 0.998  # decay of the weights' moving average, which is what ships
    seed: int = 1


Row = tuple[list[int], int]  # token ids, length of the prompt


def batches(rows: Iterator[Row], batch_tokens: int, pad: int) -> Iterator[tuple[Tensor, Tensor]]:
    """(ids, targets), both (batch, time): rows of like length together, loss on the answer only."""
    while True:
        pool = sorted(islice(rows, 512), key=lambda row: len(row[0]))
        groups: list[list[Row]] = []
        group: list[Row] = []
        for row in pool:
            if group and (len(group) + 1) * len(row[0]) > batch_tokens:
                groups.append(group)
                group = []
            group.append(row)
        groups.append(group)
        random.Random(len(pool[0][0])).shuffle(groups)
        yield from (_padded(group, pad) for group in groups)


def _padded(group: list[Row], pad: int) -> tuple[Tensor, Tensor]:
    longest = max(len(ids) for ids, _ in group)
    ids = torch.full((len(group), longest), pad)
    targets = torch.full((len(group), longest), IGNORED)
    for i, (row, prompt) in enumerate(group):
        ids[i, : len(row)] = torch.tensor(row)
        targets[i, prompt - 1 : len(row) - 1] = torch.tensor(row[prompt:])
    return ids, targets


def rate(progress: float, recipe: Recipe) -> float:
    """Share of the full learning rate at ``progress`` in [0, 1]: warm-up, plateau, linear cool-down."""
    return max(0.0, min(1.0, progress / recipe.warmup, (1.0 - progress) / recipe.cooldown))


def answers_right(network: Network, tokenizer: Tokenizer, examples: list[Example]) -> float:
    """Share of examples whose greedy shorthand is the expected one, to the letter."""
    prompts = [encode_prompt(tokenizer, example.instruction) for example in examples]
    written = greedy(network, prompts, token_id(tokenizer, EOS))
    wanted = [encode_answer(tokenizer, example.answer)[:-1] for example in examples]
    return sum(map(list.__eq__, written, wanted)) / len(examples)


def train(recipe: Recipe, out: Path, threads: int | None = None) -> Path:
    """Train and write ``out/model.pt``, ``out/tokenizer.json`` and ``out/curve.jsonl``; prints progress."""
    torch.manual_seed(recipe.seed)
    if threads:
        torch.set_num_threads(threads)
    out.mkdir(parents=True, exist_ok=True)
    kept, held = dataset.split(dataset.read_handwritten())
    print(f"{len(kept)} hand-written sentences to train on, {len(held)} held out", flush=True)
    sample = list(islice(dataset.stream(kept, recipe.seed + 100, recipe.handwritten_share), 60_000))
    tokenizer = train_tokenizer((normalise(example.instruction) for example in sample), recipe.vocabulary)
    tokenizer.save(str(out / "tokenizer.json"))
    shape = Shape(tokenizer.get_vocab_size(), recipe.width, recipe.layers, recipe.heads, 1, 64, recipe.feed_forward)
    network = Network(shape, recipe.dropout)
    print(f"{sum(w.numel() for w in network.parameters()) / 1e6:.2f} M parameters, {shape.vocabulary} tokens", flush=True)
    _Run(recipe, out, network, tokenizer, kept, held).go()
    return out


class _Run:
    """One training run; it keeps the moving average of the weights and says how it goes."""

    def __init__(self, recipe: Recipe, out: Path, network: Network, tokenizer: Tokenizer, kept: list[Example], held: list[Example]) -> None:
        self.recipe, self.out, self.network, self.tokenizer = recipe, out, network, tokenizer
        self.kept, self.held = kept, held
        matrices = [w for name, w in network.named_parameters() if w.ndim == 2 and "embedding" not in name]
        others = [w for name, w in network.named_parameters() if w.ndim != 2 or "embedding" in name]
        self.optimizers = (
            torch.optim.Muon(matrices, lr=recipe.matrix_rate, momentum=0.95, weight_decay=0.01, adjust_lr_fn="original"),
            torch.optim.AdamW(others, lr=recipe.other_rate, betas=(0.9, 0.95), weight_decay=0.0),
        )
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["full_rate"] = group["lr"]
        self.average = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average))

    def rows(self) -> Iterator[Row]:
        for example in dataset.stream(self.kept, self.recipe.seed, self.recipe.handwritten_share):
            prompt = encode_prompt(self.tokenizer, example.instruction)
            answer = encode_answer(self.tokenizer, example.answer)
            if len(prompt) + len(answer) <= 256:
                yield prompt + answer, len(prompt)

    def go(self) -> None:
        start, seen, step, shown = time.monotonic(), 0, 0, 0.0
        losses: list[float] = []
        for ids, targets in batches(self.rows(), self.recipe.batch_tokens, token_id(self.tokenizer, PAD)):
            losses.append(self._step(ids, targets, seen / self.recipe.tokens))
            seen, step = seen + ids.numel(), step + 1
            progress = seen / self.recipe.tokens
            if step % 200 == 0 or progress >= 1:
                self._report(progress, losses, time.monotonic() - start, full=progress - shown >= 0.1 or progress >= 1)
                shown, losses = (progress if progress - shown >= 0.1 else shown), []
            if progress >= 1:
                break
        self._save()

    def _step(self, ids: Tensor, targets: Tensor, progress: float) -> float:
        self.network.train()
        hidden = self.network.hidden(ids)
        answer = targets != IGNORED
        loss = functional.cross_entropy(functional.linear(hidden[answer], self.network.embedding.weight), targets[answer])
        loss.backward()
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_rate"] * rate(progress, self.recipe)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.average.update_parameters(self.network)
        return float(loss.detach())

    def _report(self, progress: float, losses: list[float], seconds: float, full: bool) -> None:
        line = {"progress": round(progress, 3), "loss": round(sum(losses) / len(losses), 4), "seconds": round(seconds)}
        if full and self.held:
            line["held_out"] = round(answers_right(self.average.module, self.tokenizer, self.held), 4)
            self._save()
        with (self.out / "curve.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        left = seconds / max(progress, 1e-9) * (1 - progress)
        held_out = line.get("held_out", "      ")
        print(f"{progress:6.1%}  loss {line['loss']:.4f}  held-out {held_out}  {seconds:.0f} s, {left:.0f} s to go", flush=True)
        if not math.isfinite(line["loss"]):
            raise FloatingPointError("the loss is not finite; lower matrix_rate or other_rate")

    def _save(self) -> None:
        state = {"weights": self.average.module.state_dict(), "shape": asdict(self.network.shape), "recipe": asdict(self.recipe)}
        torch.save(state, self.out / "model.pt")


def load(folder: Path) -> tuple[Network, Tokenizer, dict[str, object]]:
    """(network, tokenizer, recipe) of a finished run."""
    state = torch.load(folder / "model.pt", weights_only=True)
    network = Network(Shape(**state["shape"]))
    network.load_state_dict(state["weights"])
    return network.eval(), Tokenizer.from_file(str(folder / "tokenizer.json")), state["recipe"]
