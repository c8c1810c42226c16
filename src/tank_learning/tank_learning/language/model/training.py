"""Training of the small model from scratch: ``./tank train``.

The schedule is counted in tokens, so it is the same everywhere.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from tokenizers import Tokenizer
from torch import Tensor

from tank_core.exceptions import TankError
from tank_language.prompt import normalize
from tank_learning.language.corpus import dataset
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.model.network import Network, NetworkShape, greedy
from tank_learning.language.model.tokenizer import (
    EOS,
    PAD,
    encode_answer,
    encode_prompt,
    fragmented,
    token_id,
    train_tokenizer,
)
from tank_learning.trainer.batching import IGNORED, Row, padded
from tank_learning.trainer.curve import CURVE, draw
from tank_learning.trainer.device import choose, has_bfloat16

CHECKPOINT = "checkpoint.pt"
REPORT_STEPS = 200
SAVE_EVERY_S = 60.0
FRAGMENTS = 0.3  # share of the tokens that are cut, in a sentence that is fragmented
# answer tokens in multiples of it: each new shape costs oneDNN a megabyte of code that it keeps
ANSWER_STEP = 128
POOL = 2048  # sentences sorted by length together, so that little is padded
WORTH_COMPILING = 2_000_000  # [tokens] compiling takes about a minute


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a training run."""

    tokens: int = 14_000_000  # prompt and answer tokens seen
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
    handwritten_share: float = 0.55
    fragmented: float = 0.25  # share of sentences with words cut into smaller tokens
    average: float = 0.998  # decay of the weights' moving average, which is what ships
    seed: int = 1
    # hand-written files held out of training as a whole, for validation by writer
    voices_out: Sequence[str] = ()


@dataclass(frozen=True)
class Machine:
    """On what a run is trained.

    It decides the speed; the figures it changes within noise only.
    """

    device: str = "cpu"  # a torch device
    threads: int = 1  # CPU threads; 0 leaves torch's own choice
    bf16: bool = False  # matrix products in bfloat16; weights, norms and attention stay in float32
    compiled: bool = False  # fused by torch.compile, which needs a C++ compiler

    @classmethod
    def detect(cls, device: str = "auto", threads: int = 1, tokens: int = 0) -> Machine:
        """The fastest way that this machine has.

        A GPU, or a CPU's matrix unit (AMX), or float32. Raises TankError without a GPU for "cuda".
        """
        device = choose(device)
        bf16 = (
            has_bfloat16(device)
            if device == "cuda"
            else bool(torch.cpu.get_capabilities().get("amx_bf16"))
        )
        compiled = bf16 and tokens >= WORTH_COMPILING and shutil.which("g++") is not None
        return cls(device, threads, bf16, compiled)


def batches(rows: Iterator[Row], batch_tokens: int, pad: int) -> Iterator[tuple[Tensor, Tensor]]:
    """(ids, targets), both (batch, time).

    Rows of like length together, loss on the answer only.
    """
    while True:
        pool = sorted(islice(rows, POOL), key=lambda row: len(row[0]))
        groups: list[list[Row]] = []
        group: list[Row] = []
        for row in pool:
            if group and (len(group) + 1) * len(row[0]) > batch_tokens:
                groups.append(group)
                group = []
            group.append(row)
        groups.append(group)
        random.Random(len(pool[0][0])).shuffle(groups)
        yield from (padded(group, pad) for group in groups)


def rate(progress: float, recipe: Recipe) -> float:
    """Share of the full learning rate at ``progress`` in [0, 1].

    Warm-up, plateau, linear cool-down.
    """
    return max(0.0, min(1.0, progress / recipe.warmup, (1.0 - progress) / recipe.cooldown))


def answers_right(network: Network, tokenizer: Tokenizer, examples: list[Example]) -> float:
    """Share of examples whose greedy shorthand is the expected one, to the letter."""
    prompts = [encode_prompt(tokenizer, example.instruction) for example in examples]
    written = greedy(network, prompts, token_id(tokenizer, EOS))
    wanted = [encode_answer(tokenizer, example.answer)[:-1] for example in examples]
    return sum(map(list.__eq__, written, wanted)) / len(examples)


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
    kept, held = dataset.split(dataset.read_handwritten(), recipe.voices_out)
    guarded = dataset.guarded(extra)
    kept += guarded
    if len(guarded) < len(extra):
        print(
            f"{len(extra) - len(guarded)} sentences left out: held out, or too near an evaluation "
            "sentence",
            flush=True,
        )
    checkpoint = _checkpoint(out, recipe, _digest(kept), resume)
    print(f"{len(kept)} sentences to multiply, {len(held)} held out; {machine}", flush=True)
    if checkpoint is None:
        _fresh_tokenizer(recipe, kept).save(str(out / "tokenizer.json"))
        # lest a run that is killed early be resumed as the one before it
        for old in (CURVE, CHECKPOINT):
            (out / old).unlink(missing_ok=True)
    tokenizer = Tokenizer.from_file(str(out / "tokenizer.json"))
    shape = NetworkShape(
        tokenizer.get_vocab_size(),
        recipe.width,
        recipe.layers,
        recipe.heads,
        1,
        64,
        recipe.feed_forward,
    )
    network = Network(shape, recipe.dropout).to(machine.device)
    print(
        f"{sum(w.numel() for w in network.parameters()) / 1e6:.2f} M parameters, "
        f"{shape.vocabulary} tokens",
        flush=True,
    )
    run = _Run(recipe, machine, out, network, tokenizer, kept, held)
    if checkpoint is not None:
        run.restore(checkpoint)
    run.go()
    return out


def _fresh_tokenizer(recipe: Recipe, kept: list[Example]) -> Tokenizer:
    sample = islice(dataset.stream(kept, recipe.seed + 100, recipe.handwritten_share), 60_000)
    return train_tokenizer(
        (normalize(example.instruction) for example in sample), recipe.vocabulary
    )


def _checkpoint(out: Path, recipe: Recipe, sentences: str, resume: bool) -> dict[str, Any] | None:
    """Where to go on from; None to begin.

    Never over an unfinished run without being told to.
    """
    path = out / CHECKPOINT
    if not path.is_file():
        return None
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True, map_location="cpu")
    except Exception as error:  # zip, pickle and end-of-file errors have no common parent
        raise TankError(
            f"{path} cannot be read ({type(error).__name__}); remove it and begin again"
        ) from None
    was, now = state["recipe"], _plain(recipe)
    if not resume:
        if state["seen"] < was["tokens"]:
            raise TankError(
                f"{path} is of a run that has not ended; go on with --resume, or give another --out"
            )
        return None
    if state.get("sentences") != sentences:
        raise TankError(
            f"{path} was made with other sentences; put them back, or give another --out"
        )
    other = [
        f"{key} {was.get(key)} instead of {value}"
        for key, value in now.items()
        if was.get(key) != value
    ]
    if other:
        raise TankError(
            f"{path} was made with {', '.join(other)}; resume with the same arguments, or give "
            "another --out"
        )
    return state


def _digest(examples: Iterable[Example]) -> str:
    return hashlib.sha256(
        json.dumps([[e.instruction, e.answer, e.source] for e in examples]).encode()
    ).hexdigest()


def _plain(recipe: Recipe) -> dict[str, Any]:
    """As a checkpoint holds it: with lists."""
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(recipe).items()
    }


class _Run:
    """One training run.

    It keeps the moving average of the weights and says how it goes.
    """

    def __init__(
        self,
        recipe: Recipe,
        machine: Machine,
        out: Path,
        network: Network,
        tokenizer: Tokenizer,
        kept: list[Example],
        held: list[Example],
    ) -> None:
        self.recipe, self.machine, self.out, self.network, self.tokenizer = (
            recipe,
            machine,
            out,
            network,
            tokenizer,
        )
        self.kept, self.held = kept, held
        matrices = [
            w for name, w in network.named_parameters() if w.ndim == 2 and "embedding" not in name
        ]
        others = [w for name, w in network.named_parameters() if w.ndim != 2 or "embedding" in name]
        self.optimizers = (
            torch.optim.Muon(
                matrices,
                lr=recipe.matrix_rate,
                momentum=0.95,
                weight_decay=0.01,
                adjust_lr_fn="original",
            ),
            torch.optim.AdamW(others, lr=recipe.other_rate, betas=(0.9, 0.95), weight_decay=0.0),
        )
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["full_rate"] = group["lr"]
        self.average = torch.optim.swa_utils.AveragedModel(
            network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(recipe.average)
        )
        self._hidden = (
            torch.compile(network.hidden, dynamic=True) if machine.compiled else network.hidden
        )
        self.step, self.seen, self.seconds, self.shown = 0, 0, 0.0, 0.0

    def rows(self) -> Iterator[Row]:
        rng = random.Random(self.recipe.seed + 200)
        for example in dataset.stream(self.kept, self.recipe.seed, self.recipe.handwritten_share):
            prompt = encode_prompt(self.tokenizer, example.instruction)
            if rng.random() < self.recipe.fragmented:
                prompt = fragmented(self.tokenizer, prompt, rng, FRAGMENTS)
            answer = encode_answer(self.tokenizer, example.answer)
            if len(prompt) + len(answer) <= 256:
                yield prompt + answer, len(prompt)

    def go(self) -> None:
        start, saved = time.monotonic() - self.seconds, time.monotonic()
        losses: list[float] = []
        stream = batches(self.rows(), self.recipe.batch_tokens, token_id(self.tokenizer, PAD))
        # a resumed run passes over what it has seen
        for ids, targets in islice(stream, self.step, None):
            if self.seen >= self.recipe.tokens:
                break
            losses.append(
                self._step(
                    ids.to(self.machine.device),
                    targets.to(self.machine.device),
                    self.seen / self.recipe.tokens,
                )
            )
            self.seen, self.step = self.seen + ids.numel(), self.step + 1
            progress = self.seen / self.recipe.tokens
            self.seconds = time.monotonic() - start
            if self.step % REPORT_STEPS == 0 or progress >= 1:
                full = progress - self.shown >= 0.1 or progress >= 1
                self._report(progress, losses, full)
                self.shown, losses = (progress if full else self.shown), []
                if full or time.monotonic() - saved > SAVE_EVERY_S:
                    self._save()
                    saved = time.monotonic()

    def _step(self, ids: Tensor, targets: Tensor, progress: float) -> float:
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
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_rate"] * rate(progress, self.recipe)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.average.update_parameters(self.network)
        return float(loss.detach())

    def _report(self, progress: float, losses: list[float], full: bool) -> None:
        line = {
            "progress": round(progress, 3),
            "tokens": self.seen,
            "loss": round(sum(losses) / len(losses), 4),
            "seconds": round(self.seconds),
        }
        if full and self.held:
            line["held_out"] = round(
                answers_right(self.average.module, self.tokenizer, self.held), 4
            )
        with (self.out / CURVE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if full:
            draw(self.out)
        left = self.seconds / max(progress, 1e-9) * max(0.0, 1 - progress)
        held_out = line.get("held_out", "      ")
        print(
            f"{progress:6.1%}  loss {line['loss']:.4f}  held-out {held_out}  {self.seconds:.0f} s, "
            f"{left:.0f} s to go",
            flush=True,
        )
        if not math.isfinite(line["loss"]):
            raise TankError(
                "the loss is not finite; choose another --seed, or lower the rates in Recipe "
                "(training.py)"
            )

    def _save(self) -> None:
        model = {
            "weights": self.average.module.state_dict(),
            "shape": asdict(self.network.shape),
            "recipe": _plain(self.recipe),
        }
        _write(model, self.out / "model.pt")
        position = {
            "step": self.step,
            "seen": self.seen,
            "seconds": self.seconds,
            "shown": self.shown,
        }
        running = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "torch_rng": torch.get_rng_state(),
        }
        _write(
            {
                "recipe": _plain(self.recipe),
                "sentences": _digest(self.kept),
                **position,
                **running,
                "optimizers": [o.state_dict() for o in self.optimizers],
            },
            self.out / CHECKPOINT,
        )

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint.

        What the curve says of later steps is dropped, they are done again.
        """
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        torch.set_rng_state(state["torch_rng"])
        self.step, self.seen, self.seconds, self.shown = (
            state[key] for key in ("step", "seen", "seconds", "shown")
        )
        lines = (self.out / CURVE).read_text(encoding="utf-8").splitlines(keepends=True)
        (self.out / CURVE).write_text(
            "".join(line for line in lines if json.loads(line)["tokens"] <= self.seen),
            encoding="utf-8",
        )
        print(f"resumed at {self.seen / self.recipe.tokens:.1%}", flush=True)


def _write(state: dict[str, Any], path: Path) -> None:
    """All of it or nothing: a killed run leaves the file before."""
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def load(folder: Path) -> tuple[Network, Tokenizer, dict[str, object]]:
    """(network, tokenizer, recipe) of a finished run."""
    state = torch.load(folder / "model.pt", weights_only=True, map_location="cpu")
    network = Network(NetworkShape(**state["shape"]))
    network.load_state_dict(state["weights"])
    return network.eval(), Tokenizer.from_file(str(folder / "tokenizer.json")), state["recipe"]
