"""A question set in the format of BEIR: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels/*.tsv`` in one folder.

Thakur et al.: "BEIR: A Heterogeneous Benchmark for Zero-shot Evaluation of Information Retrieval Models" (2021,
arXiv:2104.08663). A row of ``queries.jsonl`` may say in its ``metadata`` whether the corpus answers it (``answerable``)
and what was said before (``history``).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.answering.turns import PastTurn
from bot.errors import BadCollection
from knowledge.errors import NothingThere, Unreadable
from knowledge.jsonlines import lines, rows

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

CORPUS: Final = "corpus.jsonl"
QUERIES: Final = "queries.jsonl"
_USUAL: Final = "test"
_HIGHEST: Final = 1_000_000
_SPEAKERS: Final = {"user": "user", "human": "user", "agent": "bot", "assistant": "bot", "bot": "bot", "system": "bot"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, the documents that are relevant to it with their grades, and what was said before it.

    ``conversation`` is the same for the questions of one conversation.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    answerable: bool
    history: tuple[PastTurn, ...]
    conversation: str


def questions(folder: Path, *, split: str | None = None) -> tuple[Asked, ...]:
    """Read the questions of a set with their relevant documents.

    ``split`` names the file of ``qrels``; by default ``test``, or the only one there is. Raises BadCollection, which
    says what is wrong and where.
    """
    with _as_told():
        relevant = _relevant(_qrels(folder, split))
        asked = tuple(_asked(row, where, relevant) for row, where in rows(folder / QUERIES))
    if not asked:
        raise BadCollection(f"{folder / QUERIES} holds no question.")
    return asked


def listed(path: Path, *, answerable: bool = True) -> tuple[Asked, ...]:
    """Read questions without a corpus: a line each, or rows of JSON lines, which may say otherwise of themselves.

    Blank lines and those that begin with ``#`` are passed over. Raises BadCollection.
    """
    with _as_told():
        if path.suffix == ".jsonl":
            asked = rows(path)
        else:
            asked = (({"text": line}, where) for line, where in lines(path) if not line.startswith("#"))
        return tuple(_asked(row, where, {}, answerable=answerable) for row, where in asked)


@contextmanager
def _as_told() -> Generator[None]:
    """Raise what cannot be read as a BadCollection."""
    try:
        yield
    except (NothingThere, Unreadable) as error:
        raise BadCollection(error.told) from error


def _qrels(folder: Path, split: str | None) -> Path:
    found = {path.stem: path for path in sorted((folder / "qrels").glob("*.tsv"))}
    if split is None and _USUAL not in found and len(found) == 1:
        return next(iter(found.values()))
    if path := found.get(split or _USUAL):
        return path
    if not found:
        raise BadCollection(
            f"{folder} has no qrels/*.tsv; a set in BEIR format has corpus.jsonl, queries.jsonl and that."
        )
    raise BadCollection(f"{folder / 'qrels'} has no {split or _USUAL}.tsv; --split may be {', '.join(found)}.")


def _relevant(path: Path) -> dict[str, dict[str, int]]:
    """Read judgements, of BEIR (three columns and a header) or of TREC (four); what is graded 0 is not relevant.

    In a line with tabs only these part columns, since ids may hold spaces.
    """
    relevant: dict[str, dict[str, int]] = {}
    for number, (line, where) in enumerate(lines(path)):
        columns = [column.strip() for column in line.split("\t")] if "\t" in line else line.split()
        if number == 0 and columns[0] == "query-id":
            continue
        try:
            asked, *_, document, grade = columns if len(columns) in {3, 4} else []
            if (score := _grade(grade)) > 0:
                relevant.setdefault(asked, {})[document] = score
        except ValueError:
            raise BadCollection(f"{where}: a judgement is query-id, corpus-id and score.") from None
    return relevant


def _grade(column: str) -> int:
    """Read a grade. Raises ValueError, also where it is more than a gain can be reckoned with."""
    grade = int(column)
    if grade > _HIGHEST:
        raise ValueError
    return grade


def _asked(
    row: Mapping[str, Any], where: str, relevant: Mapping[str, Mapping[str, int]], *, answerable: bool = True
) -> Asked:
    name, metadata = str(row.get("_id", where)), row.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    history = _history(metadata.get("history") or [], where)
    said = metadata.get("answerable", answerable)
    if not isinstance(said, bool):
        raise BadCollection(f"{where}: metadata.answerable is true or false, without quotes.")
    return Asked(
        id=name,
        text=row["text"],
        relevant=relevant.get(name, {}),
        answerable=said,
        history=history,
        conversation=str(metadata.get("conversation") or (history[0].question if history else row["text"])),
    )


def _history(said: object, where: str) -> tuple[PastTurn, ...]:
    """Pair what was said into turns, oldest first; what a bot says before any question is passed over."""
    if not isinstance(said, list):
        raise BadCollection(f'{where}: metadata.history is a list of what was said, such as "user: Hello?".')
    turns: list[list[str]] = []
    for line in said:
        speaker, text = _said(line, where)
        if speaker == "user":
            turns.append([text, ""])
        elif turns:
            turns[-1][1] = f"{turns[-1][1]}\n{text}".strip()
    return tuple(PastTurn(question=question, answer=answer, verdict="answered") for question, answer in turns)


def _said(line: object, where: str) -> tuple[str, str]:
    """Read ``user: text``, or an object with a speaker (``role``) and a text (``content``)."""
    if isinstance(line, str) and ":" in line:
        speaker, text = line.split(":", 1)
    elif isinstance(line, dict):
        speaker, text = str(line.get("speaker") or line.get("role")), str(line.get("text") or line.get("content") or "")
    else:
        speaker, text = "", ""
    known = _SPEAKERS.get(speaker.strip().lower())
    if known is None:
        raise BadCollection(f'{where}: in metadata.history each line begins with "user:" or "agent:".')
    return known, text.strip()
