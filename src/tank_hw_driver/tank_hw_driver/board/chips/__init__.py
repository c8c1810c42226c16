"""The chips that boards are made of, by their registers."""
