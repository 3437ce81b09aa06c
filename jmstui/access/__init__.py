"""The pure rules of access: no I/O, no clock of its own, no Textual."""
