"""Evaluation: how well the bot finds, measured on question sets in the format of BEIR."""
