"""views.*: modals and homes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.doubles.slack import limits, shapes
from tests.doubles.slack.arguments import Method, words
from tests.doubles.slack.errors import Refused, wrong_arguments
from tests.doubles.slack.rates import TIER_4
from tests.doubles.slack.records import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.slack.arguments import Asked
    from tests.doubles.slack.records import Json
    from tests.doubles.slack.state import State


def shown(state: State, team: str, user: str, view: Mapping[str, Any]) -> View:
    """Put a view before somebody, in the place of the modal or home that was there."""
    kind = view["type"]
    for each in [one for one in state.views.values() if one.user == user and one.kind == kind]:
        del state.views[each.id]
    named = [{"block_id": state.id("b"), **block} for block in view["blocks"]]
    found = View(
        id=state.id("V"),
        team=team,
        user=user,
        view={**view, "blocks": named},
        hash=f"{int(state.clock.now())}.{state.id('')}",
        kind=kind,
    )
    state.views[found.id] = found
    return found


def changed(state: State, view: View, new: Mapping[str, Any]) -> None:
    named = [{"block_id": state.id("b"), **block} for block in new["blocks"]]
    view.view, view.hash = {**new, "blocks": named}, f"{int(state.clock.now())}.{state.id('')}"


def _open(asked: Asked) -> Json:
    view = limits.view(asked["view"])
    trigger = asked.state.triggers.get(asked.get("trigger_id", ""))
    if trigger is None or trigger.team != asked.caller.team:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if asked.state.clock.now() > trigger.until:
        raise Refused("expired_trigger_id")
    trigger.used = True
    return {"view": shapes.view(shown(asked.state, asked.caller.team, trigger.user, view), asked.caller)}


def _update(asked: Asked) -> Json:
    new = limits.view(asked["view"], kinds=frozenset({"modal", "home"}))
    found = asked.state.views.get(asked.get("view_id", ""))
    if asked.get("external_id"):
        named = (each for each in asked.state.views.values() if each.view.get("external_id") == asked["external_id"])
        found = next(named, None)
    if found is None or found.team != asked.caller.team:
        raise Refused("not_found")
    if new["type"] != found.kind:
        raise wrong_arguments("a view keeps its type [json-pointer:/view/type]")
    _same(asked, found)
    changed(asked.state, found, new)
    return {"view": shapes.view(found, asked.caller)}


def _publish(asked: Asked) -> Json:
    view = limits.view(asked["view"], kinds=frozenset({"home"}))
    user = asked.state.person(asked.caller, asked["user_id"])
    now = next((one for one in asked.state.views.values() if one.user == user.id and one.kind == "home"), None)
    if now is None:
        now = shown(asked.state, asked.caller.team, user.id, view)
    else:
        _same(asked, now)
        changed(asked.state, now, view)
    return {"view": shapes.view(now, asked.caller)}


def _same(asked: Asked, view: View) -> None:
    if asked.get("hash") not in {None, "", view.hash}:
        raise Refused("hash_conflict")


VIEWS: Final = {
    "views.open": Method(
        answer=_open, rate=TIER_4, required=words("view"), optional=words("trigger_id interactivity_pointer")
    ),
    "views.update": Method(
        answer=_update, rate=TIER_4, required=words("view"), optional=words("view_id external_id hash")
    ),
    "views.publish": Method(answer=_publish, rate=TIER_4, required=words("user_id view"), optional=words("hash")),
}
