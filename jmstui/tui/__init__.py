"""The explorer on screen (Textual)."""
