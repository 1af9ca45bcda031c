"""What embedders are made of: files of packages, graphs that run fast, lanes of threads, the size of the machine."""
