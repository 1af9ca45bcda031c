from __future__ import annotations

import pytest

import adapters.base
import knowledge.base


def test_platforms_and_knowledge_share_one_grammar() -> None:
    assert adapters.base.PRINCIPAL == knowledge.base.PRINCIPAL
    assert adapters.base.Principal == knowledge.base.Principal


@pytest.mark.parametrize(
    "principal",
    [
        knowledge.base.PUBLIC,
        "slack:T1",
        "slack:T1:channel:C1",
        "slack:T1:group:S1",
        "discord:42:person:7",
        "terminal:local",
        "terminal:local:person:ada.l",
    ],
)
def test_whom_it_can_name(principal: str) -> None:
    assert knowledge.base.PRINCIPAL.fullmatch(principal)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "Public",
        "public ",
        "slack",
        "slack:",
        ":T1",
        "slack:T1:channel",
        "slack:T1:role:R1",
        "slack:T 1",
        "a:b:person:c:d",
    ],
)
def test_what_is_no_principal(wrong: str) -> None:
    assert not knowledge.base.PRINCIPAL.fullmatch(wrong)
