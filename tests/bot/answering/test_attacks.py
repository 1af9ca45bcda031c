"""False sentences that are made of a passage's own words, and true ones beside them."""

from __future__ import annotations

import pytest

from bot.answering.checking import Checker
from bot.answering.evidence import evidence
from bot.models.base import Numbered
from bot.reading.units import split

RULES = Numbered(
    number=1,
    title="Deploys",
    heading=("Rules",),
    text="Deploys never happen on Fridays. Deploys happen on Tuesdays at 05:00. The limit is 500 MB per person. "
    "Maria approves each deploy before 14:00. Bob reviews the code. Paid leave is 25 days a year. Sick leave is 10 "
    "days a year. Interns may not access production. The API costs $5 per month. Backups are kept for 30 days. Use "
    "at least 8 characters. Temperature must stay below 20 C. Employees may work from home two days a week after the "
    "first 3 months.",
)
KEYS = Numbered(
    number=2,
    title="Keys",
    heading=(),
    text="API keys are rotated every 90 days. Root keys are rotated every 7 days. Admins can delete projects. Viewers "
    "cannot delete projects.\n\n| Plan | Price |\n|---|---|\n| Free | 0 |\n| Pro | 20 |\n",
)
CHECKER = Checker(
    question="Can deploys happen on Fridays and may interns access production?",
    table={one.number: evidence(one) for one in (RULES, KEYS)},
)


def shown(text: str) -> list[str]:
    return [found.sort for unit in split(text) if (found := CHECKER.check(unit)) is not None]


@pytest.mark.parametrize(
    "text",
    [
        # a number of the sentence beside
        "Deploys happen on Tuesdays at 14:00. [1]",
        "Paid leave is 10 days a year. [1]",
        "Sick leave is 25 days a year. [1]",
        "Root keys are rotated every 90 days. [2]",
        "API keys are rotated every 7 days. [2]",
        "Paid leave is 90 days. [1][2]",
        "It is 500 and 25. [1]",
        "API keys are rotated every eighty days. [2]",
        "Half of the API keys are rotated every 90 days. [2]",
        # another unit, currency, sign or rate
        "The limit is 500 GB per person. [1]",
        "The limit is 500 KB per person. [1]",
        "The limit is 500 MB per team. [1]",
        "The API costs \N{EURO SIGN}5 per month. [1]",
        "The API costs $5 per year. [1]",
        "The API costs $5 per day. [1]",
        "The API costs $5 million per month. [1]",
        "Backups are kept for 30 weeks. [1]",
        "Backups are kept for 30 years. [1]",
        "Backups are kept for 30 copies. [1]",
        "Temperature must stay below 20 F. [1]",
        "Temperature must stay below -20 C. [1]",
        "Temperature must stay below \N{MINUS SIGN}20 C. [1]",
        # the opposite
        "Deploys happen on Fridays. [1]",
        "Interns may access production. [1]",
        "Viewers can delete projects. [2]",
        "Admins cannot delete projects. [2]",
        "Use at most 8 characters. [1]",
        "Backups are kept for at least 30 days. [1]",
        "Backups are kept for a minimum of 30 days. [1]",
        "Temperature must stay above 20 C. [1]",
        "Employees may work from home two days a week before the first 3 months. [1]",
        "Employees may work from home two days a week until the first 3 months. [1]",
        "Backups are hardly ever kept for 30 days. [1]",
        "Backups are seldom kept. [1]",
        "Backups stop being kept after 30 days. [1]",
        "API keys are rarely rotated every 90 days. [2]",
        "It is false that API keys are rotated every 90 days. [2]",
        "Viewers cannot delete projects but interns may access production. [1][2]",
        # another name or day
        "Bob approves each deploy before 14:00. [1]",
        "Maria reviews the code. [1]",
        "bob approves each deploy before 14:00. [1]",
        "Each deploy is approved by Bob before 14:00. [1]",
        "On Fridays and Tuesdays. [1]",
        "Deploys happen every Tuesday at 05:00 AND Fridays. [1]",
        "Deploys happen on Mondays at 05:00. [1]",
        "Zorblax approves each deploy before 14:00. [1]",
        "Maria Zorblax approves each deploy before 14:00. [1]",
        # more or less than is said
        "Only interns may not access production. [1]",
        "Employees may only work from home two days a week after the first 3 months. [1]",
        "API keys are never unrotated every 90 days. [2]",
        "Viewers are prohibited from rotating root keys. [2]",
        # what is shown without a mark
        "# Interns may access production",
        "# Interns access production",
        "# Deploys happen on Fridays",
        "### Root keys rotated every 90 days",
        "# Deploys never happen",
        "For example: deploys happen on Fridays:",
        "Do deploys happen on Fridays:",
        "If deploys happen on Fridays at 05:00:",
        "If interns access production:",
        "On Fridays deploys happen at 05:00 and Bob approves:",
        "On Fridays, interns may access production and deploys happen:",
        "Here interns may access production:",
        # cells of different rows or sentences
        "| Plan | Price |\n|---|---|\n| Pro | 0 |",
        "| Plan | Price |\n|---|---|\n| Free | 20 |",
        "| Free | Pro |\n|---|---|\n| 20 | 0 |",
        "| Sick | Paid |\n|---|---|\n| 25 days | 10 days [1] |",
        "| Leave | Days |\n|---|---|\n| Sick leave | 25 days a year [1] |",
        "| Interns may access production | Fridays |\n|---|---|\n| Deploys | Tuesdays at 05:00 [1] |",
        "| Bananas | Price |\n|---|---|\n| Pro | 20 |",
    ],
)
def test_a_false_sentence_of_true_words_is_dropped(text: str) -> None:
    assert shown(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Deploys happen every Tuesday at 05:00. [1]",
        "There are 25 days of paid leave each year. [1]",
        "Sick leave: 10 days per year. [1]",
        "Each person's limit is 500 MB. [1]",
        "The API costs 5 dollars monthly. [1]",
        "Each deploy is approved by Maria before 14:00. [1]",
        "The code is reviewed by Bob. [1]",
        "A backup is kept for thirty days. [1]",
        "Use 8 characters or more. [1]",
        "Employees may work 2 days per week from home after the first three months. [1]",
        "Interns can't access production. [1]",
        "Interns are forbidden to access production. [1]",
        "Every 90 days, API keys are rotated. [2]",
        "The limit is 500 MB per person, and Maria approves each deploy before 14:00. [1]",
        "API keys are rotated every 90 days, and paid leave is 25 days. [1][2]",
        "| Plan | Price |\n|---|---|\n| Pro | 20 |",
        "| Leave | Days |\n|---|---|\n| Paid leave | 25 days a year [1] |",
    ],
)
def test_a_true_sentence_in_other_words_is_shown(text: str) -> None:
    assert shown(text) == ["claim"]


@pytest.mark.parametrize("text", ["# Deploys", "## Deploys: Rules", "## Keys", "## Production access"])
def test_a_heading_names_a_title_or_what_was_asked(text: str) -> None:
    assert shown(text) == ["heading"]


@pytest.mark.parametrize("text", ["Here is how:", "To access production:", "For example:"])
def test_a_lead_in_that_says_nothing_waits_for_what_follows(text: str) -> None:
    assert shown(text) == ["lead-in"]


def test_every_sentence_of_a_passage_passes_word_for_word() -> None:
    for one in (RULES, KEYS):
        for unit in split(one.text):
            assert CHECKER.check(unit) is not None
