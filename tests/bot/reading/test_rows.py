from __future__ import annotations

import pytest

from bot.reading.rows import misplaced, rows_of

PLANS = "| Plan | Users | Price |\n|---|---|---|\n| Basic | 5 | 10 € |\n| Premium | 10 | 5 € |"
ROLES = "| Role | Read | Delete |\n|---|---|---|\n| Guest | yes | no |\n| Admin | yes | yes |"
SIGNS = "| Feature | Free | Pro |\n|---|---|---|\n| SSO | \u2717 | \u2713 |\n| Audit log | - | \u2713 |"
TOWNS = "| From | To |\n|---|---|\n| Berlin | Munich |"
SALES = "| Region | Sales in 2023 | Sales in 2024 |\n|---|---|---|\n| North | 1,000 | 2,000 |"


def moved(table: str, head: str, line: str) -> bool:
    (claimed,) = rows_of(f"{head}\n{'|---' * (head.count('|') - 1)}|\n{line}")
    return misplaced(claimed, tuple(rows_of(table)))


@pytest.mark.parametrize(
    ("table", "head", "line"),
    [
        (PLANS, "| Plan | Users | Price |", "| Basic | 10 | 5 € [1] |"),
        (PLANS, "| Plan | Price | Users |", "| Basic | 5 | 10 |"),
        (ROLES, "| Role | Read | Delete |", "| Guest | no | yes |"),
        (ROLES, "| Role | Delete |", "| Guest | yes [1] |"),
        (SIGNS, "| Feature | Free | Pro |", "| SSO | \u2713 | \u2717 |"),
        (SIGNS, "| Feature | Free |", "| Audit log | \u2713 |"),
        (TOWNS, "| From | To |", "| Munich | Berlin [1] |"),
        (SALES, "| Region | Sales in 2024 | Sales in 2023 |", "| North | 1,000 | 2,000 |"),
        (SALES, "| Region | Sales in 2024 |", "| North | 1000 |"),
        (f"- Prices:\n\n  {PLANS.replace(chr(10), chr(10) + '  ')}", "| Plan | Price |", "| Basic | 5 |"),
    ],
)
def test_a_cell_under_the_header_of_another_is_misplaced(table: str, head: str, line: str) -> None:
    assert moved(table, head, line)


@pytest.mark.parametrize(
    ("table", "head", "line"),
    [
        (PLANS, "| Plan | Users | Price |", "| Basic | 5 | 10 € [1] |"),
        (PLANS, "| Price | Plan |", "| €10 | Basic plan |"),
        (PLANS, "| Plan | Seats |", "| Basic | 5 |"),
        (ROLES, "| Role | Delete |", "| Guest | no |"),
        (SIGNS, "| Feature | Free | Pro |", "| Audit log | - | \u2713 |"),
        (SALES, "| Region | Sales in 2024 |", "| North | 2000 |"),
        ("No table is here.", "| Plan | Users |", "| Basic | 5 |"),
        (TOWNS, "| Name | Age |", "| Anna | 30 |"),
    ],
)
def test_a_cell_that_stands_under_its_header_is_not(table: str, head: str, line: str) -> None:
    assert not moved(table, head, line)
