"""Fine-tuning of a published Gemma-3 text model on our sentences.

``./tank train --base google/gemma-3-270m-it``.

It answers in JSON, on a prompt that is the bare sentence. A run that was killed goes on with
``--resume`` as if it had not been.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional

from tank_core.exceptions import TankError
from tank_language.prompt import BARE, TASK, checked_asks
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.finetune import data
from tank_learning.language.finetune.base_model import BaseModel, find_base
from tank_learning.language.finetune.data import Encoder, Sentences
from tank_learning.language.finetune.export_hf import export
from tank_learning.trainer.batching import IGNORED, Row, padded
from tank_learning.trainer.curve import CURVE, draw
from tank_learning.trainer.device import choose, has_bfloat16

CHECKPOINT = "finetune.pt"
# sentences on which llama.cpp's tokens are compared with the model's own tokenizer, before anything
# else
CHECKED = 500
VALIDATED = 100  # held-out sentences answered for a figure
MAX_ANSWER = 512  # [tokens]
SAVE_EVERY = 600.0  # [s]
REPORT_EVERY = 10  # steps


@dataclass(frozen=True)
class TuningRecipe:
    """Everything that decides a run."""

    tokens: int = 4_000_000  # prompt and answer tokens seen, padding counted
    step_tokens: int = 8192
    batch_tokens: int = 2048  # of those, at once in memory
    rate: float = 5e-5  # AdamW
    warmup: float = 0.03  # share of the tokens; then half a cosine down to 0
    clip: float = 1.0
    handwritten_share: float = 0.4
    asking: str = BARE
    seed: int = 1


def run(arguments: argparse.Namespace) -> int:
    """``./tank train --base``."""
    _check_options(arguments)
    torch.set_num_threads(arguments.threads)
    device = choose(arguments.device)
    base = find_base(arguments.base)
    sentences = data.read_jsonl(arguments.data) if arguments.data else data.our_sentences()
    out = arguments.out / base.name
    gguf = arguments.gguf or out / f"tank-{base.name}.gguf"
    _check_writable(out, gguf)
    encoder = Encoder(base, out, _asking(arguments))
    recipe = _recipe(arguments, sentences, encoder)
    weights = tune(base, sentences, encoder, recipe, out, device, arguments.resume)
    encoder.close()
    path = export(base, weights, gguf, arguments.quantization, recipe.asking)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB). Next: ./tank eval --model {path}")
    return 0


def _check_options(arguments: argparse.Namespace) -> None:
    """Raises TankError for options that exclude each other."""
    if arguments.epochs is not None and not arguments.data:
        raise TankError("--epochs needs --data: our own sentences never end; say --tokens instead")
    if arguments.epochs is not None and arguments.tokens is not None:
        raise TankError("--epochs and --tokens both say how long to train; leave one of them out")
    if arguments.data and arguments.handwritten_share is not None:
        raise TankError(
            "--handwritten-share does nothing with --data, which takes the place of our own "
            "sentences; leave one of them out"
        )


def _check_writable(out: Path, gguf: Path) -> None:
    """Found out before hours of training, not after. Raises TankError."""
    for option, folder in (("--out", out), ("--gguf", gguf.parent)):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise TankError(
                f"{folder} cannot be written to: {error.strerror}; give another {option}"
            ) from None
    if gguf.is_dir():
        raise TankError(f"{gguf} is a folder; give the name of a file with --gguf")


def _asking(arguments: argparse.Namespace) -> str:
    """The user's turn: from a file, or the bare sentence.

    A model that is not trained here needs the task explained.
    """
    if arguments.prompt is None:
        return TASK if arguments.tokens == 0 else BARE
    try:
        return checked_asks(
            arguments.prompt.read_text(encoding="utf-8").rstrip("\n"), str(arguments.prompt)
        )
    except (OSError, UnicodeDecodeError) as error:
        raise TankError(
            f"prompt file {arguments.prompt} cannot be read ({error}); give a text with "
            f"{{sentence}} in it"
        ) from None


def _recipe(arguments: argparse.Namespace, sentences: Sentences, encoder: Encoder) -> TuningRecipe:
    names = ("tokens", "seed", "rate", "step_tokens", "batch_tokens", "handwritten_share")
    said = {name: value for name in names if (value := getattr(arguments, name, None)) is not None}
    if arguments.epochs is not None:
        once = sum(len(encoder.row(example)[0]) for example in sentences.kept)
        said["tokens"] = math.ceil(once * arguments.epochs)
    return TuningRecipe(**said, asking=_asking(arguments))


def rate(progress: float, recipe: TuningRecipe) -> float:
    """Share of the full learning rate at ``progress`` in [0, 1].

    Warm-up, then half a cosine.
    """
    return min(
        1.0,
        progress / recipe.warmup if recipe.warmup else 1.0,
        0.5 + 0.5 * math.cos(math.pi * min(progress, 1.0)),
    )


def tune(
    base: BaseModel,
    sentences: Sentences,
    encoder: Encoder,
    recipe: TuningRecipe,
    out: Path,
    device: str,
    resume: bool = False,
) -> dict[str, Any]:
    """The fine-tuned weights.

    Leaves ``finetune.pt``, ``curve.jsonl`` and ``curve.png`` in ``out`` and prints progress.
    """
    sample = list(islice(sentences.stream(recipe.seed + 1, recipe.handwritten_share), CHECKED))
    encoder.check(base, sample)
    if all(len(encoder.row(example)[0]) > data.MAX_ROW for example in sample):
        raise TankError(
            f"every sentence takes more than {data.MAX_ROW} tokens with its answer; shorten "
            "--prompt or --data"
        )
    torch.manual_seed(recipe.seed)
    network = base.load(device)
    if recipe.tokens:
        _Run(base.name, network, sentences, encoder, recipe, out).go(resume)
    weights: dict[str, Any] = network.state_dict()
    return weights


def precision(device: str) -> AbstractContextManager[object]:
    """bfloat16 where the GPU has it.

    Older ones (T4) compute in 32 bits: Gemma 3 overflows float16.
    """
    if has_bfloat16(device):
        bf16: AbstractContextManager[object] = torch.autocast("cuda", dtype=torch.bfloat16)
        return bf16
    return nullcontext()


@torch.no_grad()  # type: ignore[untyped-decorator]
def greedy(
    network: Any, encoder: Encoder, instructions: list[str], limit: int = MAX_ANSWER
) -> list[str]:
    """PyTorch's greedy answers, without a grammar.

    Prompts of one length at a time, so that none is padded.
    """
    network.eval()
    device = network.device
    by_length: dict[int, list[int]] = {}
    prompts = [encoder.prompt(instruction) for instruction in instructions]
    for index, prompt in enumerate(prompts):
        by_length.setdefault(len(prompt), []).append(index)
    answers = [""] * len(prompts)
    for length, indices in by_length.items():
        ids = torch.tensor([prompts[i] for i in indices], device=device)
        with precision(device.type):
            written = network.generate(
                ids, attention_mask=torch.ones_like(ids), do_sample=False, num_beams=1, top_k=None,
                top_p=None, max_new_tokens=limit,
                eos_token_id=encoder.end, pad_token_id=encoder.pad,
            )  # fmt: skip
        for i, row in zip(indices, written[:, length:].tolist(), strict=True):
            answers[i] = encoder.text(row[: row.index(encoder.end)] if encoder.end in row else row)
    return answers


class _Run:
    """One run; all that it has come to is in its checkpoint."""

    def __init__(
        self,
        name: str,
        network: Any,
        sentences: Sentences,
        encoder: Encoder,
        recipe: TuningRecipe,
        out: Path,
    ) -> None:
        self.name, self.network, self.sentences, self.encoder, self.recipe, self.out = (
            name,
            network,
            sentences,
            encoder,
            recipe,
            out,
        )
        self.device = network.device.type
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=recipe.rate, betas=(0.9, 0.95), weight_decay=0.01
        )
        self.held = sentences.held[:: max(1, len(sentences.held) // VALIDATED)]
        self.done, self.seen, self.seconds, self.shown = 0, 0, 0.0, 0.0
        self.losses: list[float] = []
        self.curve: list[dict[str, float]] = []

    def go(self, resume: bool) -> None:
        self._start(resume)
        start, saved = time.monotonic() - self.seconds, time.monotonic()
        rows = (
            row
            for example in self._examples()
            if len((row := self.encoder.row(example))[0]) <= data.MAX_ROW
        )
        steps = data.steps(
            rows, self.recipe.step_tokens, self.recipe.batch_tokens, self.recipe.seed
        )
        for step in islice(steps, self.done, None):
            if self.seen >= self.recipe.tokens:
                break
            self.losses.append(self._step(step))
            self.done, self.seen, self.seconds = (
                self.done + 1,
                self.seen + sum(map(data.size, step)),
                time.monotonic() - start,
            )
            if self.done % REPORT_EVERY == 0 or self._progress >= 1:
                self._report()
            if time.monotonic() - saved > SAVE_EVERY:
                self._save()
                saved = time.monotonic()
        draw(self.out)

    @property
    def _progress(self) -> float:
        return self.seen / self.recipe.tokens

    def _examples(self) -> Any:
        return self.sentences.stream(self.recipe.seed, self.recipe.handwritten_share)

    def _step(self, step: list[list[Row]]) -> float:
        """One optimizer step over several batches.

        The loss is the mean over all of their answer tokens.
        """
        self.network.train()
        batches = [padded(batch, self.encoder.pad) for batch in step]
        count = sum(int((targets != IGNORED).sum()) for _, targets in batches)
        total = 0.0
        for ids, targets in batches:
            ids, targets = ids.to(self.device), targets.to(self.device)
            answer = targets != IGNORED
            with precision(self.device):
                hidden = self.network.model(input_ids=ids, use_cache=False).last_hidden_state
                # of the answer alone: 262,144 numbers a token
                logits = self.network.lm_head(hidden[answer])
            loss = (
                functional.cross_entropy(logits.float(), targets[answer], reduction="sum") / count
            )
            loss.backward()
            total += float(loss.detach())
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate * rate(self._progress, self.recipe)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return total

    def _report(self) -> None:
        progress, seconds = self._progress, self.seconds
        line = {
            "progress": round(progress, 3),
            "tokens": self.seen,
            "loss": round(sum(self.losses) / len(self.losses), 4),
        }
        line["seconds"] = round(seconds)
        full = progress - self.shown >= 0.1 or progress >= 1
        if full and self.held:
            line["held_out"] = round(share_right(self.network, self.encoder, self.held), 4)
        self.curve.append(line)
        self.losses = []
        with (self.out / CURVE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        left = seconds / max(progress, 1e-9) * max(0.0, 1 - progress)
        held_out = line.get("held_out", "      ")
        print(
            f"{progress:6.1%}  loss {line['loss']:.4f}  held-out {held_out}  {seconds:.0f} s, "
            f"{left:.0f} s to go",
            flush=True,
        )
        if not math.isfinite(line["loss"]):
            raise TankError(
                "the loss is not finite; go back to the start with a lower --rate than "
                f"{self.recipe.rate:g}"
            )
        if full:
            self.shown = progress
            self._save()

    def _start(self, resume: bool) -> None:
        """From the checkpoint, or from nothing.

        Never over an unfinished run without being told to.
        """
        file = self.out / CHECKPOINT
        state = _read_checkpoint(file)
        if resume and state is not None:
            self._restore(state, file)
            print(f"going on at {self._progress:.1%} of {file}", flush=True)
        elif state is not None and state["seen"] < state["recipe"]["tokens"]:
            raise TankError(
                f"{file} is of a run that has not ended; go on with --resume, or give another --out"
            )
        (self.out / CURVE).write_text(
            "".join(json.dumps(line) + "\n" for line in self.curve), encoding="utf-8"
        )
        count = sum(w.numel() for w in self.network.parameters())
        print(
            f"{self.name}: {count / 1e6:.1f} M parameters on {self.device}; {len(self.held)} "
            "sentences held out to measure",
            flush=True,
        )

    def _restore(self, state: dict[str, Any], file: Path) -> None:
        changed = [
            key for key, value in asdict(self.recipe).items() if state["recipe"].get(key) != value
        ]
        if changed or state["base"] != self.name:
            what = ", ".join(changed) or "--base"
            raise TankError(
                f"{file} was made with another {what}; say the same as before, or give another "
                "--out"
            )
        self.network.load_state_dict(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.done, self.seen, self.seconds, self.shown = (
            state["done"],
            state["seen"],
            state["seconds"],
            state["shown"],
        )
        self.losses, self.curve = state["losses"], state["curve"]
        torch.set_rng_state(state["random"])

    def _save(self) -> None:
        state = {
            "base": self.name, "recipe": asdict(self.recipe), "weights": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "done": self.done, "seen": self.seen, "seconds": self.seconds, "shown": self.shown,
            "losses": self.losses, "curve": self.curve,
            "random": torch.get_rng_state(),
        }  # fmt: skip
        unfinished = self.out / f"{CHECKPOINT}.part"
        torch.save(state, unfinished)
        unfinished.replace(self.out / CHECKPOINT)


def _read_checkpoint(file: Path) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    try:
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # zip, pickle and end-of-file errors have no common parent
        raise TankError(
            f"{file} cannot be read ({type(error).__name__}); remove it and begin again"
        ) from None
    return state


def share_right(network: Any, encoder: Encoder, examples: list[Example]) -> float:
    """Share of examples whose greedy answer is the expected one, to the letter."""
    # what is longer is wrong
    longest = max(len(encoder.answer(example.answer)) for example in examples)
    answers = greedy(network, encoder, [example.instruction for example in examples], longest)
    return float(
        sum(answer == example.answer for answer, example in zip(answers, examples, strict=True))
        / len(examples)
    )
