"""A tiny model file for these tests, and one in memory."""

import pytest
from tiny_gguf import make_gguf

from tank_llama.context import LlamaContext

__all__ = ["make_gguf"]


@pytest.fixture(scope="module")
def context(make_gguf):
    context = LlamaContext(make_gguf(), threads=1, size=512)
    yield context
    context.close()
