"""llama.cpp: a GGUF file that answers under a grammar."""
