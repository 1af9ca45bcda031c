"""What every embedder keeps to, fakes included. Subclass it, and say how to make one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from knowledge.base import Embedder

TEXTS = (
    "Backups run every night at two.",
    "A refund is paid within ten days.",
    "The printer is on the third floor, beside the kitchen.",
)


class EmbedderContract(ABC):
    """The rules of ``knowledge.base.Embedder``."""

    @abstractmethod
    def embedder(self) -> Embedder:
        """Make one."""

    async def test_each_text_has_a_row_of_unit_length(self) -> None:
        embedder = self.embedder()
        found = await embedder.embed(TEXTS, purpose="passage")
        assert found.vectors.shape == (len(TEXTS), embedder.spec.dimensions)
        assert found.vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(found.vectors, axis=1), 1, atol=1e-4)

    def test_it_says_what_its_vectors_weigh_and_how_many_texts_it_takes(self) -> None:
        embedder = self.embedder()
        assert 0 < embedder.vector_share < 1
        assert embedder.batch >= 1

    async def test_tokens_are_counted(self) -> None:
        found = await self.embedder().embed(TEXTS, purpose="passage")
        assert found.tokens >= sum(len(text.split()) for text in TEXTS)

    async def test_no_texts_give_no_rows(self) -> None:
        embedder = self.embedder()
        found = await embedder.embed([], purpose="passage")
        assert found.vectors.shape == (0, embedder.spec.dimensions)
        assert found.tokens == 0

    async def test_a_vector_depends_on_its_text_alone(self) -> None:
        embedder = self.embedder()
        together = (await embedder.embed([*TEXTS, "word " * 90], purpose="passage")).vectors
        for row, text in enumerate(TEXTS):
            alone = (await embedder.embed([text], purpose="passage")).vectors[0]
            assert np.array_equal(together[row], alone)

    async def test_another_one_gives_the_same_vectors(self) -> None:
        one = await self.embedder().embed(TEXTS, purpose="passage")
        other = await self.embedder().embed(TEXTS, purpose="passage")
        assert np.array_equal(one.vectors, other.vectors)

    async def test_a_question_is_nearest_to_the_passage_with_its_words(self) -> None:
        embedder = self.embedder()
        passages = (await embedder.embed(TEXTS, purpose="passage")).vectors
        asked = (await embedder.embed(["Where is the printer?"], purpose="question")).vectors[0]
        assert int(np.argmax(passages @ asked)) == 2

    async def test_any_text_can_be_embedded(self) -> None:
        odd = ["", " ", "\x00", "\ud800", "🙂", "字" * 3_000, "x" * 50_000, "[SEP] [PAD]"]
        found = await self.embedder().embed(odd, purpose="passage")
        assert np.isfinite(found.vectors).all()
        assert (np.linalg.norm(found.vectors, axis=1) < 1.001).all()
