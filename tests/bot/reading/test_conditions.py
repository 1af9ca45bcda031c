from __future__ import annotations

import pytest

from bot.reading.conditions import unconditional

RETURNS = "Refunds are granted only if the parcel was never opened."
LINKS = "Links to files expire after seven days unless the owner extends them."
LOBBY = "Visitors must be accompanied by an employee, except in the lobby."


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        (RETURNS, "Refunds are granted."),
        (RETURNS, "Refunds are granted within 30 days."),
        (LINKS, "Links to files expire after seven days."),
        (LOBBY, "Visitors must be accompanied by an employee in the lobby."),
        ("If the probe fails, the node is replaced.", "The node is replaced."),
        ("By default, new reports are private to a team.", "New reports are private to a team."),
        ("Work from abroad needs the approval of the lawyers.", "Employees may work from abroad."),
        ("Parents who return within a year keep their desk.", "Parents keep their desk."),
    ],
)
def test_a_sentence_without_the_condition_leaves_it_out(said: str, claimed: str) -> None:
    assert unconditional(claimed, said)
    assert not unconditional(said, said)


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        (RETURNS, "A refund is given for parcels that were never opened."),
        (RETURNS, "Refunds are only granted for unopened parcels."),
        (LINKS, "If the owner does not extend them, links to files expire after seven days."),
        (LOBBY, "In the lobby, visitors need not be accompanied."),
        ("If the probe fails, the node is replaced.", "A failing probe has the node replaced."),
        ("Work from abroad needs the approval of the lawyers.", "With approval, employees may work from abroad."),
        ("Parents who return within a year keep their desk.", "Parents returning within a year keep their desk."),
        ("The office opens at nine.", "The office opens at nine."),
        ("A call over a limit is never made, however many come at once.", "A call over a limit is never made."),
        (
            "Keys of rooms are kept in a safe, and are destroyed when a guest leaves.",
            "Keys of rooms are kept in a safe.",
        ),
    ],
)
def test_a_sentence_that_says_the_condition_in_other_words_does_not(said: str, claimed: str) -> None:
    assert not unconditional(claimed, said)
