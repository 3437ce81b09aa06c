"""One module a question that a person asks."""
