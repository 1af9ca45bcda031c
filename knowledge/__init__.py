"""What the team knows: documents in, passages for a question out, within a scope."""
