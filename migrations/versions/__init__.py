"""One module a step, written by hand."""
