"""Whether passages support a sentence, and which. Pure.

A sentence is supported where two things hold. Its content stands in the passages: ``content`` says how likely that is.
And its particulars agree with what comes closest in them: amounts and dates, names, bounds and rates, and what is
denied, how strong it is and who does what. A whole sentence quoted word for word always is supported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bot.answering.content import likelihood
from bot.answering.evidence import Evidence, Window, alone
from bot.answering.naming import Naming
from bot.answering.overstating import overstated, turned
from bot.reading.amounts import Amount, amounts, rivals, same
from bot.reading.claims import Claim, claim, stem
from bot.reading.negations import Denial, absences, conditioned, contrasts, negations
from bot.reading.opposites import opposed, prefixed, told
from bot.reading.particulars import Particulars, particulars
from bot.reading.places import names_swapped, values_swapped
from bot.reading.rows import answered, mixed, named, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.reading.rows import Row

LEAST: Final = 0.55
"""Likelihood from which a sentence's content counts as held: where macro-F1 is highest on AttributionBench, whose two
sorts are as many. Each answer's confidence is the mean of what its sentences reach."""
_ROW_ENOUGH: Final = 0.85
"""Share of its words that a row's one sentence holds: it is short, so one strange word makes a different row."""
_ROW_MOSTLY: Final = 2 / 3
"""The same of a row that a sentence names, with its header."""
_CONTRIBUTES: Final = 0.3
"""Share below which a cited passage is not worth its mark, where another one supports the sentence alone."""
_TIED: Final = 6
"""Windows of a passage that a sentence is judged by where more hold as many of its words: those with most amounts."""
_OTHERS: Final = 6
"""Passages, the closest first, that are tried in the place of those it cites."""
_MOST_AMOUNTS: Final = 60
"""Amounts of a sentence that are compared: one with more is no answer to anything, and would take its time."""
_BOUNDS: Final = frozenset(map(stem, ("least", "minimum", "maximum", "less", "fewer", "newer", "later", "prior")))
_TIMES: Final = frozenset(map(stem, ("times", "occasions")))
_TURNS: Final = {"before": {"after"}, "after": {"before", "until"}, "until": {"after"}}

Fault: TypeAlias = Literal["content", "exact", "amount", "name", "bound", "place", "strength", "negation"]
"""Why passages do not support a sentence. All but the first two say that they may deny it: the words are held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The numbers to show behind a sentence, none where it is dropped; how likely its content is held.

    ``denied`` says that a passage it cites holds its words, but not its number, date, name or negation.
    """

    numbers: tuple[int, ...]
    likelihood: float = 0.0
    denied: bool = False


def judged(
    text: str,
    codes: Sequence[str],
    cited: Iterable[int],
    table: Mapping[int, Evidence],
    *,
    row: bool = False,
) -> Judgement:
    """Judge a sentence by the passages it cites, else by any other one alone, the closest first.

    ``text`` is the sentence in plain words without marks, ``codes`` the inline code in it, ``cited`` its marks. A
    ``row`` of a table stands in one sentence or row of the passage.
    """
    given = _Asserted(text, codes, row=row)
    own = [table[number] for number in cited if number in table]
    fault = given.fault(own) if own else "content"
    if fault is None:
        return Judgement(numbers=_worth_citing(given, own), likelihood=given.likelihood(own))
    denied = fault in {"amount", "name", "place", "negation"}
    for one in sorted(given.others(fault, own, table.values()), key=lambda one: (-given.share(one), one.number))[
        :_OTHERS
    ]:
        if given.fault([one]) is None:
            return Judgement(numbers=(one.number,), likelihood=given.likelihood([one]))
    return Judgement(numbers=(), likelihood=0.0, denied=denied)


def _worth_citing(given: _Asserted, own: Sequence[Evidence]) -> tuple[int, ...]:
    alone = [one.number for one in own if given.fault([one]) is None] if len(own) > 1 else []
    if not alone:
        return tuple(one.number for one in own)
    return tuple(one.number for one in own if one.number in alone or given.share(one) >= _CONTRIBUTES)


class _Asserted:
    """A sentence to be supported: what it claims, and the particulars that passages must bear out."""

    def __init__(self, text: str, codes: Sequence[str], *, row: bool) -> None:
        self.text = text
        self.codes = codes
        self.claim: Claim = claim(text)
        self.particulars: Particulars = particulars(text)
        self.names = Naming(particulars=self.particulars, words=self.claim.words, row=row)
        self.amounts = tuple(one for one in amounts(text) if not one.weak)
        self.weak = tuple(one for one in amounts(text) if one.weak)[:_MOST_AMOUNTS]
        self.denied = negations(text)
        self.absent = absences(text)
        self.row = row
        self._nearest: dict[int, list[Window]] = {}
        self._borne: dict[tuple[int, tuple[int, ...]], bool] = {}

    def others(self, fault: Fault, own: Sequence[Evidence], every: Iterable[Evidence]) -> list[Evidence]:
        """Give the passages that may support it where its own do not; one that says less of it outdoes no denial."""
        if fault in {"content", "exact", "bound"}:
            return list(every)
        said = max(map(self.share, own))
        return [
            one for one in every
            if one not in own and (self.share(one) > said or (fault != "strength" and self.share(one) == said))
        ]  # fmt: skip

    def likelihood(self, passages: Sequence[Evidence]) -> float:
        """Give how likely its content is held; a sentence of the passage itself is certain."""
        return 1.0 if any(one.quotes(self.text) for one in passages) else likelihood(self.text, passages)

    def fault(self, passages: Sequence[Evidence]) -> Fault | None:
        """Say why passages do not support it; None where they do."""
        if any(one.quotes(self.text) for one in passages):
            return None
        if self.claim.empty or not self._held(passages):
            return "content"
        if not all(any(one.has(name) for one in passages) for name in self.claim.exact):
            return "exact"
        if not all(any(one.holds(code) for one in passages) for code in self.codes):
            return "exact"
        return "amount" if len(self.amounts) > _MOST_AMOUNTS else self.particulars_fault(passages)

    def particulars_fault(self, passages: Sequence[Evidence]) -> Fault | None:
        """Say which of its particulars passages do not bear out, whatever of its content they hold."""
        faults = [self._disagrees(windows, passages) for windows in self._chosen(passages)]
        if not self.row and set(faults) <= {"amount", "negation"}:
            faults += [self._disagrees([one], passages) for one in alone(passages) if self._named(one, passages)]
        if "negation" in faults and not self.denied:
            return "negation"
        return None if None in faults else next(iter(faults), "content")

    def _row(self, passages: Sequence[Evidence]) -> Row | None:
        """Give the one row of the passages' tables that it names."""
        return None if self.row else named(self.text, [row for one in passages for row in one.rows])

    def _named(self, window: Window, passages: Sequence[Evidence]) -> Row | None:
        """Give the row that a window is, where the sentence has the row's name and mostly its words."""
        rows = (row for one in passages for row in one.rows if row.text == window.texts[0] and row.named(self.text))
        row = next(rows, None)
        held = window.words | claim(" ".join(row.header)).words if row is not None else window.words
        return row if len(self.claim.words & held) >= _ROW_MOSTLY * len(self.claim.words) else None

    def _held(self, passages: Sequence[Evidence]) -> bool:
        if self.row:
            return max(self.share(one) for one in passages) >= _ROW_ENOUGH
        return likelihood(self.text, passages) >= LEAST

    def share(self, passage: Evidence) -> float:
        """Give the share of the telling words that stand in the passage's closest window."""
        words = self.claim.words
        held = max((len(words & window.words) for window in self._closest(passage)), default=0)
        return held / len(words) if words else 1.0

    def _words(self, passages: Iterable[Evidence]) -> frozenset[str]:
        """Give the telling words that choose a window: a name or a bound alone would choose the wrong sentence."""
        return self.claim.words - self.names.of(passages) - _BOUNDS or self.claim.words

    def _chosen(self, passages: Sequence[Evidence]) -> Iterable[tuple[Window, ...]]:
        """Give the windows to judge it by: each of the closest of one passage; of several, those that add words."""
        closest = [self._closest(one) for one in passages]
        if len(closest) == 1:
            yield from ((window,) for window in closest[0])
            return
        words = self._words(passages)
        chosen: list[Window] = []
        for windows in sorted(closest, key=lambda one: -max((len(words & window.words) for window in one), default=0)):
            held = frozenset[str]().union(*(one.words for one in chosen))
            best = max(windows, key=lambda one: len(words & one.words - held), default=None)
            if best is not None and words & best.words - held:
                chosen.append(best)
        yield tuple(chosen)

    def _closest(self, passage: Evidence) -> list[Window]:
        """Give the windows with most of the telling words: two sentences only where they hold more than any one."""
        if passage.number not in self._nearest:
            self._nearest[passage.number] = self._windows(passage)
        return self._nearest[passage.number]

    def _windows(self, passage: Evidence) -> list[Window]:
        words = self._words([passage])
        single = self.row or self.claim.words <= self.names.of([passage])  # a list of names is one sentence's
        windows = alone([passage]) if single else passage.windows
        tied = _first(
            windows,
            lambda one: (
                len(words & one.words), -len(one.sentences), len(self.claim.words & one.words), len(words & one.said),
            ),
        )  # fmt: skip
        return sorted(tied, key=self._unsaid)[:_TIED] if len(tied) > _TIED else tied

    def _unsaid(self, window: Window) -> int:
        return sum(not _said_in(amount, [window]) for amount in self.amounts[:_TIED])

    def _disagrees(self, windows: Sequence[Window], passages: Sequence[Evidence]) -> Fault | None:
        """Say what of it the closest windows do not bear out."""
        unmet = [at for at, one in enumerate(self.amounts) if not _said_in(one, windows)]
        if not all(self._said_elsewhere(at, passages) for at in unmet):
            return "amount"
        if any(self._counted_otherwise(one, windows, passages) for one in self.amounts):
            return "amount"
        if any(self._miscounted(one, windows, passages) for one in self.weak):
            return "amount"
        if not self.names.held(windows, passages):
            return "name"
        if not self.row and (swapped := self._swapped(windows, passages)):
            return swapped
        if not self._bounded(windows):
            return "bound"
        return self._misread(windows, passages) if self._same_sense(windows, passages) else "negation"

    def _misread(self, windows: Sequence[Window], passages: Sequence[Evidence]) -> Fault | None:
        """Say whether it turns round what the windows say, or says more; a row has too few words to tell."""
        if self.row:
            return None
        rows = [row for one in passages for row in one.rows]
        row = self._row(passages)
        if row is not None and answered(self.text, row) == ("yes" if self.denied else "no"):
            return "negation"
        if turned(self.text, windows) or (not self.denied and mixed(self.text, rows)):
            return "place"
        known = frozenset[str]().union(*(one.words for one in passages))
        return "strength" if overstated(self.text, windows, known, frozenset(row.text for row in rows)) else None

    def _said_elsewhere(self, at: int, passages: Sequence[Evidence]) -> bool:
        """Whether an amount stands outside of the closest windows, where none says another one in its stead."""
        key = at, tuple(one.number for one in passages)
        if key not in self._borne:
            self._borne[key] = not self.row and self._outweighs(self.amounts[at], passages)
        return self._borne[key]

    def _outweighs(self, amount: Amount, passages: Sequence[Evidence]) -> bool:
        """Whether a sentence that says an amount holds more of the words than any that says another one."""
        words = self.claim.words
        held = [(len(words & one.words), one) for one in alone(passages)]
        right = max((share for share, one in held if _said_in(amount, [one])), default=0)
        rivals = (one for share, one in held if share >= right and not _said_in(amount, [one]))
        return right > 0 and not any(self._rivals(amount, one) for one in rivals)

    def _counted_otherwise(self, amount: Amount, windows: Sequence[Window], passages: Sequence[Evidence]) -> bool:
        """Whether what it counts is counted by other numbers alone, in windows that speak of it or else anywhere."""
        every = alone(passages)
        if not any(amount.counted <= one.words for one in windows):
            windows = every
        said = [one for window in windows for one in window.amounts]
        counts = [one for one in said if one.counted & amount.counted]
        if not counts and amount.counted and windows is not every and self._counts_others(amount, said):
            return True
        if any(not one.counted and one.value == amount.value for one in said):
            return False
        return bool(counts) and not any(same(own, one, own.counted) for own in self.amounts for one in counts)

    def _counts_others(self, amount: Amount, said: Sequence[Amount]) -> bool:
        """Whether each number that is the same counts only what the sentence does not speak of."""
        matching = [one for one in said if one.value == amount.value and one.date is None]
        return bool(matching) and all(one.counted and not one.counted & (self.claim.words | _TIMES) for one in matching)

    def _miscounted(self, weak: Amount, windows: Sequence[Window], passages: Sequence[Evidence]) -> bool:
        """Whether windows count what it has one of by other numbers, and nothing says that it is one."""
        if not any(rivals(weak, one) for window in windows for one in window.amounts):
            return False
        return not _said_in(weak, windows) and not _said_in(weak, alone(passages))

    def _rivals(self, amount: Amount, window: Window) -> bool:
        """Whether a window says an amount of the same kind that the sentence does not."""
        return any(
            (one.date is None) == (amount.date is None) and one.unit == amount.unit and not one.weak
            and not any(same(own, one, window.words, window.units) for own in self.amounts)
            for one in window.amounts
        )  # fmt: skip

    def _swapped(self, windows: Sequence[Window], passages: Sequence[Evidence]) -> Literal["amount", "name"] | None:
        """Say whether two of its values or names stand in each other's place in a sentence of the windows."""
        texts = [text for one in windows for text in one.texts]
        if any(values_swapped(self.text, text) for text in texts):
            return "amount"
        names = self.names.of(passages)
        return "name" if any(names_swapped(self.text, text, names) for text in texts) else None

    def _bounded(self, windows: Sequence[Window]) -> bool:
        offers = frozenset[str]().union(*(one.offers for one in windows))
        said = [one for one in self.amounts if _said_in(one, windows)]
        rounded = {one.rounded for one in said if not _said_in(replace(one, rounded=""), windows)}
        for need in self.particulars.needs - offers - rounded:
            if need not in _TURNS or _TURNS[need] & offers:
                return False
        return True

    def _same_sense(self, windows: Sequence[Window], passages: Sequence[Evidence]) -> bool:
        """Whether it denies what the windows deny, and only that."""
        words = self.claim.words
        own = [one.reach for one in self.absent]
        known = frozenset[str]().union(*(one.words for one in windows))
        left = [one for window in windows for one in window.denied]
        if conditioned(self.text) and "unless" not in self.particulars.needs:
            left = [one for one in left if not one.lifted(words)]
        left += [one for window in windows for one in window.absent if one.reach not in own]
        turned = self._turned(windows)
        opposites = [Denial(reach=frozenset({word}), focus=word, whole=False) for word in turned]
        left += [one for one in opposites if not prefixed(one.focus)]
        contrasted = [one for window in windows for text in window.texts for one in contrasts(text)]
        if len(windows) == 1 and self.denied and (row := self._named(windows[0], passages)) is not None:
            contrasted += negations(" ".join(row.header))
            contrasted += [one for title in refused(row) for one in negations(f"not {title}")]
        for claimed in self.denied:
            if claimed.pronoun and not claimed.reach:
                continue  # "without it", of what the sentence before names
            found = next((one for one in left if one.meets(claimed, words)), None)
            found = found or next((one for one in left if one.resembles(claimed, known, words)), None)
            if found is not None:
                left.remove(found)
            elif not any(one.meets(claimed, words) for one in contrasted):
                return False
        rather = contrasts(self.text)
        left = [one for one in left if not any(one.meets(claimed, words) for claimed in rather)]
        affirmed = words.union(turned).difference(*(one.reach for one in self.denied))
        left += [one for one in opposites if prefixed(one.focus)]  # "never unrotated" denies nothing that is said
        return not any(one.concerns(affirmed) for one in left)

    def _turned(self, windows: Sequence[Window]) -> list[str]:
        """Give the words whose opposite the windows say, and do not deny."""
        said = frozenset[str]().union(*(told(text) for one in windows for text in one.texts))
        denied = frozenset[str]().union(*(denial.reach for one in windows for denial in one.denied))
        return sorted(word for word, others in opposed(told(self.text), said).items() if not others <= denied)


def _first(windows: Sequence[Window], rank: Callable[[Window], tuple[int, ...]]) -> list[Window]:
    best = max(map(rank, windows), default=())
    return [one for one in windows if rank(one) == best]


def _said_in(amount: Amount, windows: Iterable[Window]) -> bool:
    return any(same(amount, one, window.words, window.units) for window in windows for one in window.amounts)
