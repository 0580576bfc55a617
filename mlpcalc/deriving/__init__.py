"""The gradients derived by the chain rule."""
