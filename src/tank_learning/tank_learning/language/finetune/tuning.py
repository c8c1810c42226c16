"""Fine-tuning of a published Gemma-3 text model on our sentences.

It answers in JSON, on a prompt that is the bare sentence. A run that was killed goes on with
``--resume`` as if it had not been.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional

from tank_core.exceptions import TankError
from tank_language.prompt import BARE
from tank_learning.language.corpus.dataset import Example
from tank_learning.language.finetune import data
from tank_learning.language.finetune.base_model import BaseModel
from tank_learning.language.finetune.data import MAX_ROW, Encoder, Sentences
from tank_learning.trainer.batching import IGNORED, Row, padded
from tank_learning.trainer.checkpoint import Checkpoint, OneOptimizer
from tank_learning.trainer.device import has_bfloat16
from tank_learning.trainer.run import Intervals, train
from tank_learning.trainer.schedule import half_cosine

CHECKPOINT = "finetune.pt"
RHYTHM = Intervals(report_steps=10, save_every_s=600.0)
# sentences on which llama.cpp's tokens are compared with the model's own tokenizer, before anything
# else
CHECKED = 500
VALIDATED = 100  # held-out sentences answered for a figure
MAX_ANSWER = 512  # [tokens]
Step = list[list[Row]]  # the batches of an optimizer step


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
    if all(len(encoder.row(example)[0]) > MAX_ROW for example in sample):
        raise TankError(
            f"every sentence takes more than {MAX_ROW} tokens with its answer; shorten "
            "--prompt or --data"
        )
    checkpoint = Checkpoint(out / CHECKPOINT, asdict(recipe), {"base": base.name})
    state = checkpoint.read(resume) if recipe.tokens else None
    torch.manual_seed(recipe.seed)
    network = base.load(device)
    if recipe.tokens:
        learner = _Learner(network, sentences, encoder, recipe)
        count = sum(w.numel() for w in network.parameters())
        print(
            f"{base.name}: {count / 1e6:.1f} M parameters on {device}; {len(learner.held)} "
            "sentences held out to measure",
            flush=True,
        )
        train(learner, checkpoint, state, RHYTHM)
    weights: dict[str, Any] = network.state_dict()
    return weights


def precision(device: str) -> AbstractContextManager[object]:
    """Products in bfloat16 where the device has it, else in 32 bits.

    Gemma 3 overflows float16.
    """
    if has_bfloat16(device):
        bf16: AbstractContextManager[object] = torch.autocast(device, dtype=torch.bfloat16)
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


class _Learner(OneOptimizer):
    """A published model at its fine-tuning."""

    def __init__(
        self, network: Any, sentences: Sentences, encoder: Encoder, recipe: TuningRecipe
    ) -> None:
        self.network, self.sentences, self.encoder, self.recipe = (
            network, sentences, encoder, recipe,
        )  # fmt: skip
        self.cure = f"go back to the start with a lower --rate than {recipe.rate:g}"
        self.device = network.device.type
        self.optimizer = torch.optim.AdamW(
            network.parameters(), lr=recipe.rate, betas=(0.9, 0.95), weight_decay=0.01
        )
        self.held = sentences.held[:: max(1, len(sentences.held) // VALIDATED)]

    def steps(self) -> Iterator[Step]:
        recipe = self.recipe
        examples = self.sentences.stream(recipe.seed, recipe.handwritten_share)
        rows = (
            row for example in examples if len((row := self.encoder.row(example))[0]) <= MAX_ROW
        )
        return data.steps(rows, recipe.step_tokens, recipe.batch_tokens, recipe.seed)

    def size(self, step: Step) -> int:
        return sum(map(data.size, step))

    def learn(self, step: Step, progress: float) -> float:
        # over several batches: the loss is the mean over all of their answer tokens
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
            group["lr"] = self.recipe.rate * half_cosine(progress, self.recipe.warmup)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return total

    def held_out(self) -> float | None:
        return share_right(self.network, self.encoder, self.held) if self.held else None

    def publish(self) -> None:
        """Nothing: the weights are in the checkpoint, and exported at the end."""


def share_right(network: Any, encoder: Encoder, examples: list[Example]) -> float:
    """Share of examples whose greedy answer is the expected one, to the letter."""
    # what is longer is wrong
    longest = max(len(encoder.answer(example.answer)) for example in examples)
    answers = greedy(network, encoder, [example.instruction for example in examples], longest)
    return float(
        sum(answer == example.answer for answer, example in zip(answers, examples, strict=True))
        / len(examples)
    )
