"""The chain rule behind the gradients: `derive`."""
