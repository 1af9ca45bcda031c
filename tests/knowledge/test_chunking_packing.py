from __future__ import annotations

from knowledge.chunking.outline import Code, Prose, Section, Table
from knowledge.chunking.packing import pack
from knowledge.chunking.splitting import Policy

POLICY = Policy(limit=120, whole=160, small=40)


def prose(text: str) -> Prose:
    return Prose(text=text)


def test_a_section_that_fits_is_one_chunk() -> None:
    (chunk,) = pack([Section(path=("A",), anchor="a", blocks=(prose("One."), prose("Two.")))], POLICY)
    assert (chunk.text, chunk.path, chunk.anchor) == ("One.\n\nTwo.", ("A",), "a")


def test_a_section_is_filled_up_to_the_limit() -> None:
    chunks = pack([Section(blocks=tuple(prose(f"{n} " + "x" * 50) for n in range(3)))], POLICY)
    assert [chunk.text[0] for chunk in chunks] == ["0", "2"]
    assert chunks[0].why == "full"


def test_what_announces_a_block_goes_with_it() -> None:
    blocks = (prose("x" * 90), prose("For example:"), Code(text="y" * 30))
    first, second = pack([Section(blocks=blocks)], POLICY)
    assert first.text == "x" * 90
    assert second.text.startswith("For example:\n\n```")


def test_small_siblings_are_put_together_under_their_headings() -> None:
    sections = [Section(path=("T", name), anchor=name, blocks=(prose(f"About {name}."),)) for name in "ABC"]
    (chunk,) = pack(sections, POLICY)
    assert chunk.path == ("T",)
    assert chunk.anchor == "A"
    assert chunk.text == "## A\n\nAbout A.\n\n## B\n\nAbout B.\n\n## C\n\nAbout C."
    assert chunk.why == "3 small sections together"


def test_sections_that_can_stand_alone_do() -> None:
    sections = [Section(path=("T", name), blocks=(prose(name * 50),)) for name in "AB"]
    assert [chunk.path for chunk in pack(sections, POLICY)] == [("T", "A"), ("T", "B")]


def test_a_small_section_does_not_join_another_chapter() -> None:
    sections = [Section(path=("T", "A"), blocks=(prose("a"),)), Section(path=("U",), blocks=(prose("b"),))]
    assert len(pack(sections, POLICY)) == 2


def test_a_heading_with_children_is_told_by_their_paths_alone() -> None:
    (chunk,) = pack([Section(path=("T",)), Section(path=("T", "A"), blocks=(prose("a" * 50),))], POLICY)
    assert (chunk.path, chunk.text) == (("T", "A"), "a" * 50)


def test_bare_headings_are_the_text_of_their_chunk() -> None:
    assert [chunk.text for chunk in pack([Section(path=("Alone",))], POLICY)] == ["Alone"]
    assert [chunk.text for chunk in pack([Section(path=("A",)), Section(path=("A",))], POLICY)] == ["A"]


def test_code_that_fits_alone_stays_whole_over_the_limit() -> None:
    code = "\n".join(["line"] * 20)
    (chunk,) = pack([Section(blocks=(Code(text=code, language="sh"),))], Policy(limit=120, whole=220))
    assert chunk.text == f"```sh\n{code}\n```"


def test_long_code_is_cut_at_blank_lines_marked_and_fenced() -> None:
    code = "\n\n".join(f"def f{n}():\n    return {n}" for n in range(12))
    chunks = pack([Section(blocks=(Code(text=code, language="python", lines=(1, 37)),))], POLICY)
    assert len(chunks) > 2
    for number, chunk in enumerate(chunks):
        assert len(chunk.text) <= POLICY.limit
        assert chunk.text.count("```") == 2
        assert chunk.text.startswith("…\n") == (number > 0)
        assert chunk.text.endswith("\n…") == (number < len(chunks) - 1)
    assert chunks[0].lines == (2, 6)
    assert "of a long code, up to a paragraph" in chunks[0].why


def test_the_indentation_of_a_cut_line_is_kept() -> None:
    code = "\n".join("    indented line" for _ in range(20))
    for chunk in pack([Section(blocks=(Code(text=code),))], POLICY):
        assert all(line.startswith(("    indented", "```", "…")) for line in chunk.text.split("\n"))


def test_a_fence_is_longer_than_those_inside() -> None:
    (chunk,) = pack([Section(blocks=(Code(text="```\ninner\n```"),))], POLICY)
    assert chunk.text == "````\n```\ninner\n```\n````"
    (chunk,) = pack([Section(blocks=(Code(text="`" * 30),))], POLICY)
    assert chunk.text.startswith("~~~\n")


def test_a_long_table_is_cut_between_rows_with_its_header_repeated() -> None:
    table = Table(header=("Name", "Size"), rows=tuple((f"row{n}", "x" * 20) for n in range(12)))
    chunks = pack([Section(blocks=(table,))], POLICY)
    assert len(chunks) > 2
    for chunk in chunks:
        assert chunk.text.startswith("| Name | Size |\n| --- | --- |\n| row")
        assert len(chunk.text) <= POLICY.limit
    assert sum(chunk.text.count("| row") for chunk in chunks) == 12


def test_a_row_that_no_chunk_holds_becomes_text() -> None:
    table = Table(header=("A", "B"), rows=(("short", "1"), ("word " * 40, "2"), ("last", "3")))
    chunks = pack([Section(blocks=(table,))], POLICY)
    assert max(len(chunk.text) for chunk in chunks) <= POLICY.limit
    assert sum(chunk.text.count("word") for chunk in chunks) == 40


def test_a_table_with_an_endless_header_becomes_text() -> None:
    table = Table(header=tuple(f"column{n}" for n in range(40)), rows=(tuple(str(n) for n in range(40)),))
    chunks = pack([Section(blocks=(table,))], POLICY)
    assert max(len(chunk.text) for chunk in chunks) <= POLICY.limit
    assert " ".join(chunk.text for chunk in chunks).count("column") == 40


def test_pipes_in_cells_are_escaped() -> None:
    (chunk,) = pack([Section(blocks=(Table(header=("A", "B"), rows=(("1|2", "3"),)),))], POLICY)
    assert chunk.text.endswith("| 1\\|2 | 3 |")
