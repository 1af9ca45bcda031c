"""Embedding behind an endpoint: any server that speaks OpenAI's embeddings, asked within its limits and for money."""
