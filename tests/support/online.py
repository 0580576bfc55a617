"""An exercise of several steps: the network of Han and Kamber, a sample after the other."""

ONLINE = """
inputs: [[1, 1], [0, 1], [1, 0]]
targets: [[1, 1]]
layers:
  - {weights: [[0.2, 0.4, -0.5], [-0.3, 0.1, 0.2]], bias: [-0.4, 0.2], activation: sigmoid}
  - {weights: [[-0.3, -0.2]], bias: [0.1], activation: sigmoid}
loss: squared_error
learning_rate: 0.9
batch: 1
"""


def online(steps: int) -> str:
    """The exercise with so many steps, its answers asked for with four decimals."""
    return f"{ONLINE}decimals: 4\nsteps: {steps}\n"
