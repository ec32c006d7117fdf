"""What the counter costs whoever stands at it."""
