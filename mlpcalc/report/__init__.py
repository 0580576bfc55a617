"""Output independent of format, as blocks, and one module for each form that it can take."""
