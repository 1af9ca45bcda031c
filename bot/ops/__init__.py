"""How the service is watched: logs, and later metrics and traces."""
