"""Reports as blocks, independent of form, and a module for each form that prints them."""
