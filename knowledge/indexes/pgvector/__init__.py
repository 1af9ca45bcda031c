"""Vectors in PostgreSQL by the extension pgvector, beside any catalog. Imported only where the settings name it."""
