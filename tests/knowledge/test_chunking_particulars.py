from __future__ import annotations

from datetime import UTC, datetime

import pytest

from knowledge.chunking.particulars import Particulars, front_matter

WHOLE = """---
title: "Capacity: how much"
URL: https://example.com/capacity
publisher: Acme   # of the North
year: 2024
tags:
  - tables
  - 'sizes'
product: Store
version: 1.2
owner: Ann
updated: 2024-05-01
nested:
  deep: {a: b}
---
# Heading
"""


def test_front_matter_is_read() -> None:
    said, begins = front_matter(WHOLE)
    assert WHOLE[begins:] == "# Heading\n"
    assert said == Particulars(
        title="Capacity: how much",
        url="https://example.com/capacity",
        publisher="Acme",
        year=2024,
        tags=("tables", "sizes"),
        product="Store",
        version="1.2",
        owner="Ann",
        updated_at=datetime(2024, 5, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("tags", ["tags: [a, 'b']", "tags: a, b", "keywords:\n- a\n- b", "tags:\n  - a\n  - b"])
def test_tags_are_written_in_many_ways(tags: str) -> None:
    assert front_matter(f"---\n{tags}\n---\n")[0].tags == ("a", "b")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b", "//x"])
def test_a_link_that_is_not_the_webs_is_left_out(url: str) -> None:
    assert front_matter(f"---\nurl: {url}\n---\n")[0].url is None


@pytest.mark.parametrize("text", ["", "---\n", "---\ntitle: a\n", "text\n---\ntitle: a\n---\n", "--- \nno end"])
def test_what_is_no_front_matter_stays_in_the_text(text: str) -> None:
    assert front_matter(text) == (Particulars(), 0)


@pytest.mark.parametrize("line", ["year: soon", "updated: yesterday", "title:", "tags: []", ": x", "- x", "title: |"])
def test_what_makes_no_sense_is_left_out(line: str) -> None:
    assert front_matter(f"---\n{line}\n---\n")[0] == Particulars()
