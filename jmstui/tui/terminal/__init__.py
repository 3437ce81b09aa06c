"""The terminal that the explorer draws on: its bytes as keys, its size, how it is taken and given back."""
