"""The sides of a thing: places beside it, and the ways round to them."""
