"""Motion: laws of moving and turning, routes, and keeping clear of obstacles."""
