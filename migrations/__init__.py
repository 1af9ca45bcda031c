"""The schema of the bot's database, step by step. Imports nothing of ours, so that an old step never changes."""
