"""Training sentences from language models at an endpoint."""
