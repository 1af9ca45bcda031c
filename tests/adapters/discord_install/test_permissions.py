from __future__ import annotations

import re
from pathlib import Path

import discord
import pytest

import bot
from adapters.discord.inviting import link
from adapters.discord.permissions import ADMINISTRATOR, PERMISSIONS, bit, everything, missing, shown


def test_the_bits_are_those_of_discords_own_library() -> None:
    assert everything() == discord.Permissions(**dict.fromkeys(PERMISSIONS, True)).value
    assert discord.Permissions(administrator=True).value == ADMINISTRATOR
    assert all(shown(name) for name in PERMISSIONS)


def test_what_is_missing_is_named_and_nothing_is_for_an_administrator() -> None:
    assert missing(everything()) == ()
    assert missing(ADMINISTRATOR) == ()
    assert missing(everything() & ~bit("add_reactions")) == ("add_reactions",)
    assert missing(0) == ("view_channel",)


def test_the_manual_lists_them_as_they_are() -> None:
    page = (Path(bot.__file__).parent.parent / "docs" / "discord.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([A-Z][A-Za-z ]+) \| (.+) \|$", page, re.MULTILINE)
    assert [row for row in listed if row[0] in {shown(name) for name in PERMISSIONS}] == [
        (shown(name), so) for name, so in PERMISSIONS.items()
    ]


@pytest.mark.parametrize(
    ("api_url", "site"),
    [("https://discord.com/api/v10", "https://discord.com"), ("http://localhost:1", "http://localhost:1")],
)
def test_the_link_asks_for_the_least(api_url: str, site: str) -> None:
    assert link(api_url, "42") == (
        f"{site}/oauth2/authorize?client_id=42&scope=bot%20applications.commands&permissions={everything()}"
    )
