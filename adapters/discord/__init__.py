"""Discord: what comes by its gateway as events, and answers by its REST API."""
