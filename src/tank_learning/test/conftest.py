"""A tiny model file and a fake endpoint, which these tests share with others."""

from fake_endpoint import fake
from tiny_gguf import make_gguf

__all__ = ["fake", "make_gguf"]
