"""An exercise solved: every quantity by name, its report, its gradients checked numerically."""
