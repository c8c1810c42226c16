"""A plan on its way, from its first step to its end."""
