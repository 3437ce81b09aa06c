"""An embedded JumpServer over a made-up world; it imports nothing of the client."""
