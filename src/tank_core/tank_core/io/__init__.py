"""Input from outside and output to it: files, options, text for people."""
