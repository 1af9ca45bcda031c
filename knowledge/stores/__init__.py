"""Where the catalog is: a file, or a PostgreSQL server. The keywords are always where the catalog is."""
