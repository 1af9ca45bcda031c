from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from adapters.markup import (
    Cite,
    Item,
    Listing,
    Paragraph,
    Plain,
    Quote,
    Strong,
    Table,
    cited,
    joined,
)
from tests.doubles.trees import blocks, trees

if TYPE_CHECKING:
    from adapters.markup import Block, Tree


@given(trees, blocks, st.booleans())
def test_joining_keeps_every_citation_in_order(tree: Tree, block: Block, continues: bool) -> None:
    grown = joined(tree, block, continues=continues)
    assert cited(grown) == tuple(dict.fromkeys((*cited(tree), *cited((block,)))))


@given(trees, blocks, st.booleans())
def test_joining_touches_the_last_block_alone(tree: Tree, block: Block, continues: bool) -> None:
    grown = joined(tree, block, continues=continues)
    assert grown[: len(tree) - 1] == tree[:-1] or not tree
    assert len(grown) - len(tree) in ((0, 1) if continues and tree else (1,))


@given(trees)
def test_a_tree_joined_block_by_block_is_itself(tree: Tree) -> None:
    again: Tree = ()
    for block in tree:
        again = joined(again, block, continues=False)
    assert again == tree


@given(trees)
def test_citations_are_named_once_in_order_of_first_use(tree: Tree) -> None:
    assert len(set(cited(tree))) == len(cited(tree))


def test_sentences_of_a_paragraph_are_joined_by_a_space() -> None:
    tree = joined((Paragraph((Plain("One."),)),), Paragraph((Plain("Two."),)), continues=True)
    assert tree == (Paragraph((Plain("One."), Plain(" "), Plain("Two."))),)


def test_items_join_the_list_before_them_and_keep_its_first_number() -> None:
    one, two = Item((Plain("one"),)), Item((Plain("two"),))
    assert joined((Listing((one,), 4),), Listing((two,), 5), continues=True) == (Listing((one, two), 4),)


def test_a_row_of_another_width_begins_a_table_of_its_own() -> None:
    narrow, wide = Table(((Plain("a"),),), ()), Table(((Plain("a"),), (Plain("b"),)), ())
    assert joined((narrow,), wide, continues=True) == (narrow, wide)


def test_sentences_inside_a_quotation_are_joined_too() -> None:
    one, two = Paragraph((Plain("One."),)), Paragraph((Plain("Two."),))
    both = Paragraph((Plain("One."), Plain(" "), Plain("Two.")))
    assert joined((Quote((one,)),), Quote((two,)), continues=True) == (Quote((both,)),)


def test_a_block_of_another_kind_never_continues() -> None:
    tree: Tree = (Paragraph((Plain("One."),)),)
    assert joined(tree, Listing((Item(()),)), continues=True) == (*tree, Listing((Item(()),)))


def test_citations_inside_bold_text_and_nested_lists_count() -> None:
    inner = Listing((Item((Cite(7),)),))
    tree: Tree = (Paragraph((Strong((Cite(2),)),)), Listing((Item((Cite(2), Cite(1)), (inner,)),)))
    assert cited(tree) == (2, 1, 7)


def test_an_items_number_is_never_changed_by_the_list_before_it() -> None:
    fourth = Listing((Item((Plain("four"),)),), start=4)
    second = Listing((Item((Plain("two"),)),), start=2)
    fifth = Listing((Item((Plain("five"),)),), start=5)
    assert joined((fourth,), second, continues=True) == (fourth, second)
    assert joined((fourth,), fifth, continues=True) == (Listing((*fourth.items, *fifth.items), start=4),)
