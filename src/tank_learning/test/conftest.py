"""A tiny model file, which these tests share with those of the language."""

from tiny_gguf import make_gguf

__all__ = ["make_gguf"]
