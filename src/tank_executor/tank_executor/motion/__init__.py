"""Motion: laws of moving and turning, routes, and obstacles on the way."""
