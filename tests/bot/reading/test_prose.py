from __future__ import annotations

from bot.reading.prose import sentences_of, spoken


def test_sentences_of_items_rows_and_wrapped_lines_are_found() -> None:
    assert sentences_of("One line\nand more. Two.\n\n- a *b*. C.\n  - d\n\n| h |\n|---|\n| [x](http://y) |\n") == [
        "One line and more.", "Two.", "a b.", "C.", "d", "h", "x",
    ]  # fmt: skip


def test_what_is_spoken_has_no_marks_and_no_case() -> None:
    assert spoken("Don’t **run** `make chat`!") == "don t run make chat"
