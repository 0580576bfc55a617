"""Where one cell comes from: `explain`."""
