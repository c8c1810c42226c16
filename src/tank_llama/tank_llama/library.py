"""llama.cpp through llama-cpp-python's low-level binding, silent.

What it logs as an error is kept for our own message.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import sys
from collections import deque
from functools import lru_cache
from typing import Any

from tank_core.exceptions import ModelError

LOG_ERROR = 4  # ggml_log_level of ggml.h
_errors: deque[str] = deque(maxlen=8)
_keep: list[Any] = []  # the callback must outlive every call of the library


@lru_cache(maxsize=1)
def library() -> Any:
    """The module ``llama_cpp.llama_cpp``, ready for use.

    Raises ModelError where it cannot be loaded.
    """
    try:
        llama = _binding()
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError(
            f"llama-cpp-python cannot be loaded: {error}; install it with pip install "
            "llama-cpp-python==0.3.36"
        ) from None
    _keep.append(llama.llama_log_callback(_on_log))
    llama.llama_log_set(_keep[-1], ctypes.c_void_p(0))
    llama.llama_backend_init()
    return llama


def _binding() -> Any:
    """The binding alone, without the package around it.

    That imports jinja2, sqlite3 and others: 11 MB that no answer needs. Whoever imports the package
    later gets it whole.
    """
    package, name = "llama_cpp", "llama_cpp.llama_cpp"
    spec = None if package in sys.modules else importlib.util.find_spec(package)
    if spec is None:
        return importlib.import_module(name)
    sys.modules[package] = importlib.util.module_from_spec(spec)  # its code is not run
    try:
        return importlib.import_module(name)
    finally:
        del sys.modules[package]


def last_error() -> str:
    """Return llama.cpp's complaint since the last call, in one line.

    Empty when it did not.
    """
    lines = " ".join(" ".join(_errors).split())
    _errors.clear()
    return lines[:300]


def _on_log(level: int, text: bytes | None, _: Any) -> None:
    if level == LOG_ERROR and text:
        _errors.append(text.decode("utf-8", "replace"))
