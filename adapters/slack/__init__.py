"""Slack. What comes from it is read by ``read`` and taken in by ``intake``; what goes to it is shown by ``replying``.

``adapter`` puts them together; ``facts`` know who reads where, ``calls`` what became of a call.
"""
