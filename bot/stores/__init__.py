"""The databases that the bot's own tables can live in: a SQLite file, or a PostgreSQL server."""
