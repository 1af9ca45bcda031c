"""What a text says, read by rules: its units and sentences, its Markdown, its claims. Pure."""
