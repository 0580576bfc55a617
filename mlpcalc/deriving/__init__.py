"""Derive the gradients by the chain rule."""
