"""Which conversation something belongs to: below the bot's own message, to that of the reply which begins with it.

Answers to a command stand so: nobody's message asks the question, so the bot's says who asked what. And whoever writes
"stop" in direct messages, where each message begins a thread, means what they asked there last.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from adapters.base import Halted, MessageRef, Question
from adapters.slack.events import Heard
from adapters.slack.payload import direct
from adapters.slack.saying import stops

if TYPE_CHECKING:
    from adapters.base import Desk, Principal
    from adapters.slack.events import Read

_LATELY: Final = timedelta(hours=1)


async def belonging(found: Read, desk: Desk, *, parent: str, bot: str) -> Read:
    """Let it belong to that conversation. ``parent`` wrote the first message of its thread, where that is known."""
    if parent and parent != bot:
        return found
    match found:
        case Heard(question=question):
            return replace(found, question=await _question(question, desk))
        case Question() if direct(found.place.channel) and stops(found.text):
            return await _last(found, desk)
        case Question():
            return await _question(found, desk)
        case Halted(conversation=conversation, ask=ask):
            begun = await _begun(conversation, found.workspace, desk)
            return replace(found, conversation=begun, ask=None if ask is None else replace(ask, conversation=begun))
        case _:
            return found


async def _last(stop: Question, desk: Desk) -> Halted | Question:
    place = stop.place
    served = await desk.served(place.platform, place.workspace, stop.asked_at - _LATELY)
    last = next((one.conversation for one in served if one.channel == place.channel), None)
    if last is None:
        return stop
    return Halted(conversation=last, person=stop.asker, workspace=place.workspace, ask=stop)


async def _question(question: Question, desk: Desk) -> Question:
    if question.id == question.conversation:  # it begins its thread
        return question
    begun = await _begun(question.conversation, question.place.workspace, desk)
    return replace(question, conversation=begun) if begun != question.conversation else question


async def _begun(conversation: str, workspace: Principal, desk: Desk) -> str:
    channel, _, message = conversation.removeprefix(f"{workspace}:").partition(":")
    first = MessageRef(platform="slack", workspace=workspace, channel=channel, message=message)
    return await desk.conversation_below(first) or conversation
