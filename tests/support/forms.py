"""Forms of new exercises: every loss, and activations of all sorts."""

from mlpcalc.generating.generate import form_of

FORMS = (
    form_of([2, 3, 1], "relu,identity", "squared_error", 4),
    form_of([2, 2, 2], "sigmoid,sigmoid", "squared_error", 1),
    form_of([3, 4, 3], "relu,softmax", "cross_entropy", 3),
    form_of([2, 3, 1], "tanh,sigmoid", "binary_cross_entropy", 4, bias=False),
    form_of([2, 1], "identity", "hinge", 4),
    form_of([1, 2, 2], "elu,tanh", "hinge", 3),
    form_of([3, 3], "softmax", "multiclass_hinge", 2),
    form_of([2, 2], "softplus", "cross_entropy", 2),
    form_of([2, 1], "identity", "cross_entropy", 3),
    form_of([2, 1], "square", "sum", 3),
    form_of([1, 1], "identity", "squared_error", 1),
)
