"""Count the multiplications, additions and function evaluations that the gradients take."""
