"""How the made-up world is made: one module a noun, all from one seeded generator."""
