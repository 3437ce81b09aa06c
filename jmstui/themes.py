"""The names of the colour themes, for those who need no more than the names."""

THEMES = ("dark", "light", "ansi", "mono")
