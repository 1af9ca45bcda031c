"""The platforms: each adapter turns its platform's events into ours and shows the parts of an answer its own way."""
