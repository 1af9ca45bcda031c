"""Vectors in Pinecone, or in another server that speaks its API. Imported only where the settings name one."""
