"""Reports as a page to look at: one file that works offline, readable without its script."""
