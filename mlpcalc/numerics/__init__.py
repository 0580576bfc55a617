"""Values of the page: evaluation, stable forms, intervals, rounding errors, numerical derivatives."""
