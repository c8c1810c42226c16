"""A published Gemma-3 text model to fine-tune.

A folder in Hugging Face's format, or a name on its Hub.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tank_core.exceptions import ModelError
from tank_learning.language.finetune.base_tokens import BaseTokens, read_tokens

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_HUB_FILES = [
    "config.json",
    "*.safetensors",
    "*.safetensors.index.json",
    "tokenizer*",
    "added_tokens.json",
    "chat_template*",
]
# What llama.cpp computes for this architecture, whatever config.json says.
_FIXED = {
    "hidden_activation": "gelu_pytorch_tanh", "attention_bias": False,
    "final_logit_softcapping": None, "attn_logit_softcapping": None,
    "use_bidirectional_attention": False,
}  # fmt: skip
GLOBAL_EVERY = 6  # every 6th layer attends globally


@dataclass(frozen=True)
class BaseModel:
    """A folder that was looked through.

    Everything but the weights is known to fit.
    """

    name: str
    folder: Path
    config: Any  # transformers.Gemma3TextConfig
    tokens: BaseTokens
    chat_template: str | None

    def load(self, device: str) -> Any:
        """The network (transformers.Gemma3ForCausalLM), in 32 bits."""
        import torch
        from transformers import Gemma3ForCausalLM
        from transformers.utils import logging

        logging.disable_progress_bar()  # two lines a report would drown ours
        try:
            network, report = Gemma3ForCausalLM.from_pretrained(
                self.folder, dtype=torch.float32, output_loading_info=True
            )
        except Exception as error:  # safetensors' and transformers' own
            raise ModelError(
                f"the weights in {self.folder} cannot be read ({_line(error)}); copy the folder "
                "again"
            ) from None
        missing = sorted(report["missing_keys"])
        if missing:
            raise ModelError(
                f"{self.folder} lacks {len(missing)} weights of its model ({missing[0]}, ...); "
                "copy the folder again"
            )
        return network.to(device)


def find_base(name: str) -> BaseModel:
    """The model in a folder, or of that name on the Hub (downloaded).

    Raises ModelError in one line, with the cure.
    """
    folder = Path(name).expanduser()
    if folder.is_file():
        raise ModelError(
            f"{name} is a file; give the folder of a Gemma-3 text model in Hugging Face's format "
            "(config.json, *.safetensors)"
        )
    # a link keeps its own name
    called = folder.name if folder.name not in ("", "..") else folder.resolve().name
    if not folder.is_dir():
        folder = _download(name)
    config = _config(folder)
    if not any(folder.glob("*.safetensors")):
        raise ModelError(
            f"{folder} has no weights (*.safetensors); copy the whole folder of the model"
        )
    return BaseModel(
        called, folder, config, read_tokens(folder, config.vocab_size), _chat_template(folder)
    )


def _download(name: str) -> Path:
    if not _HUB_NAME.fullmatch(name):
        raise ModelError(
            f"{name} is no folder; give a folder of a Gemma-3 text model, or a name as "
            "google/gemma-3-270m-it"
        )
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    try:
        return Path(snapshot_download(name, allow_patterns=_HUB_FILES))
    except GatedRepoError:
        raise ModelError(
            f"{name} asks for consent: accept its license at https://huggingface.co/{name}, then "
            "log in with 'hf auth login'"
        ) from None
    except RepositoryNotFoundError:
        raise ModelError(
            f"{name} is not on the Hugging Face Hub, or only for those logged in; check the name, "
            "or 'hf auth login'"
        ) from None
    except Exception as error:  # its errors of network, disk and cache have no common parent
        raise ModelError(
            f"{name} is no folder here and cannot be downloaded ({_line(error)}); give the path of "
            "a folder that holds the model"
        ) from None


def _config(folder: Path) -> Any:
    from transformers import Gemma3TextConfig

    data = read_json(folder / "config.json")
    if data is None:
        raise ModelError(
            f"{folder} has no config.json; give a folder of a Gemma-3 text model in Hugging Face's "
            "format"
        )
    kind = data.get("model_type")
    if kind == "gemma3":
        raise ModelError(
            f"{folder} is a Gemma-3 with vision; only text models can be fine-tuned here: take "
            "gemma-3-270m-it or gemma-3-1b-it"
        )
    if kind != "gemma3_text":
        raise ModelError(
            f"{folder} is a model of type {kind!r}; only Gemma-3 text models (gemma3_text) can be "
            "fine-tuned here"
        )
    try:
        config = Gemma3TextConfig.from_dict(data)
    except Exception as error:  # transformers' own validation errors
        raise ModelError(
            f"{folder / 'config.json'} cannot be read ({_line(error)}); copy it again"
        ) from None
    problem = next(_problems(config), None)
    if problem:
        raise ModelError(
            f"{folder / 'config.json'} says {problem}, which llama.cpp does not compute for Gemma "
            "3; take another model"
        )
    return config


def _problems(config: Any) -> Any:
    for key, value in _FIXED.items():
        if getattr(config, key, value) not in (value, None):
            yield f"{key} = {getattr(config, key)}"
    if config.query_pre_attn_scalar != config.head_dim:
        yield (
            f"query_pre_attn_scalar = {config.query_pre_attn_scalar} with head_dim = "
            f"{config.head_dim}"
        )
    wanted = [
        "full_attention" if (i + 1) % GLOBAL_EVERY == 0 else "sliding_attention"
        for i in range(config.num_hidden_layers)
    ]
    if list(config.layer_types) != wanted:
        yield f"another pattern of layers than every {GLOBAL_EVERY}th global"
    if config.rope_parameters["sliding_attention"].get("rope_type", "default") != "default":
        yield "a scaled rope in its local layers"
    if config.rope_parameters["full_attention"].get("rope_type", "default") not in (
        "default",
        "linear",
    ):
        yield "a rope that is scaled otherwise than linearly"


def _chat_template(folder: Path) -> str | None:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    template = (read_json(folder / "tokenizer_config.json") or {}).get("chat_template")
    return template if isinstance(template, str) else None


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON object; None where there is no file.

    Raises ModelError for anything else.
    """
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is not JSON ({error}); copy it again") from None
    if not isinstance(data, dict):
        raise ModelError(f"{path} is not a JSON object; copy it again")
    return data


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
