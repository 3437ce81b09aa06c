"""The demo server held against what real JumpServers answered."""
