"""Low-rank training of a published model that answers in shorthand."""
