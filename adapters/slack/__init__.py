"""Slack: what comes from it is read (``read``), what goes to it is rendered (``render``, ``views``); all of it pure."""
