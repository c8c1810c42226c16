"""The answers to questions, in words, from what is measured. Pure."""
