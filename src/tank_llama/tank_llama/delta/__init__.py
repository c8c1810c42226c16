"""A published model and a small file that makes it ours."""
