"""Answer sheets: which figure a student wrote for which cell, and how wide each figure is."""
