"""The prompt of ./tank sim and ./tank robot."""
