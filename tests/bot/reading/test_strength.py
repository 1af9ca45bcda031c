from __future__ import annotations

import pytest

from bot.reading.strength import stronger


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("Members may receive a bonus.", "Members receive a bonus."),
        ("The script tries to restart the workers.", "The script restarts the workers."),
        ("Visitors may park in the yard.", "Visitors must park in the yard."),
        ("A second office in Porto is planned.", "There is a second office in Porto."),
        ("The old importer will be removed in autumn.", "The old importer was removed in autumn."),
        ("Some rooms have a projector.", "All rooms have a projector."),
        ("Some rooms have a projector.", "Rooms have a projector."),
        ("A restart usually takes a minute.", "A restart always takes a minute."),
        ("Blue badges open the doors.", "All badges open the doors."),
        ("The job reads every text file of the folder.", "The job reads every file of the folder."),
        ("The list has up to 100 entries.", "The list has 100 entries."),
        ("It is a myth that tea removes stains.", "Tea removes stains."),
        ("The team first suspected the router.", "The router caused it, the team says."),
        ("Members see the files of their channel.", "Everyone sees the files of the channel."),
        ("Files are removed at the next sync.", "Files are removed at once."),
        ("Applicants may apply again after a year.", "Applicants may apply again at any time."),
    ],
)
def test_a_sentence_that_says_more_is_stronger(said: str, claimed: str) -> None:
    assert stronger(claimed, said)
    assert not stronger(said, said)


@pytest.mark.parametrize(
    ("said", "claimed"),
    [
        ("Members may receive a bonus.", "Members can get a bonus."),
        ("Visitors may park in the yard.", "It is possible to park in the yard for visitors."),
        ("Interns may not enter the lab.", "Interns do not enter the lab."),
        ("All rooms have a projector.", "Every room has a projector."),
        ("Every deploy needs two approvals.", "All deploys need two approvals."),
        ("The list has up to 100 entries.", "The list has at most 100 entries."),
        ("The old importer will be removed in autumn.", "In autumn the old importer will be removed."),
        ("It is a myth that tea removes stains.", "Tea does not remove stains."),
        ("Keys are rotated every 90 days.", "Every 90 days keys are rotated."),
        ("Alerts are sent immediately.", "Alerts are sent at once."),
        ("Logs are JSON elsewhere.", "Logs are JSON everywhere else."),
        ("Each worker adds eight answers.", "Every additional worker adds eight answers."),
        (
            "The lite one embeds 65 pages, half as many as the other.",
            "The lite one embeds 65 pages, half of the other's.",
        ),
        ("Rooms don't support recovery, and don't work as intended.", "Rooms don't support recovery."),
    ],
)
def test_a_sentence_that_says_as_much_is_not(said: str, claimed: str) -> None:
    assert not stronger(claimed, said)
