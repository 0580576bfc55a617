"""Characters: what is safe to show, what an encoding can hold, turns of phrase. Knows nothing of networks."""
