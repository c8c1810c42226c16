"""A GGUF file that llama.cpp runs: read, tried, and writing under a grammar.

Nothing here knows the command language: what is asked, and which grammar answers it, is given. The
parts, from below: ``library``, ``vocabulary``, ``context``, ``constrained`` (the grammar),
``writer``; ``turns`` are those of a chat; ``model_file``, ``gguf_header`` and ``trial`` look at a
file before it is loaded.
"""
