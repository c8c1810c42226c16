"""What these tests share with those of the language: a tiny model file."""

from tiny_gguf import make_gguf

__all__ = ["make_gguf"]
