"""Fresh exercises with friendly figures that reveal mistakes: `new`."""
