"""What gradients cost in multiplications, additions and function calls."""
