"""Learned skills: their data, trainers and files, none of it on a robot."""
