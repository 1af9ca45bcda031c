"""The way of a question: route, search, gate, prompt, generate, verify. The pure parts stand in files of their own."""
