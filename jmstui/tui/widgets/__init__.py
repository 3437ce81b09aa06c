"""Small widgets; each keeps its own style beside it."""
