"""Ascending arrays against Python's sets and lists."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from strategies import examples

from search.engines.sorted_arrays import either, find, ranges, run_lengths, run_starts, smallest

BELOW = 2_000
SETS = st.sets(st.integers(0, BELOW - 1), max_size=300)


def array(numbers):
    return np.array(sorted(numbers), np.int64)


@examples(200)
@given(ordered=SETS, asked=SETS)
def test_find_finds_what_is_there(ordered, asked):
    # Few are bisected and many marked in a table: both ways, in whatever type they are stored.
    for few in (array(asked), array(list(asked)[:2])):
        at, are_there = find(array(ordered).astype(np.uint16), few, BELOW)
        assert are_there.tolist() == [number in ordered for number in few.tolist()]
        assert array(ordered)[at].tolist() == few[are_there].tolist()


@examples(200)
@given(lists=st.lists(SETS, min_size=1, max_size=4))
def test_either_is_the_union_in_order(lists):
    for below in (BELOW, 1_000_000):
        assert either(list(map(array, lists)), below).tolist() == sorted(set().union(*lists))


@examples(200)
@given(numbers=st.lists(st.integers(0, 5)))
def test_runs_are_of_equal_numbers(numbers):
    ordered = array(numbers)
    starts = run_starts(ordered)
    lengths = run_lengths(starts, len(ordered))
    assert [(int(ordered[start]), length) for start, length in zip(starts, lengths.tolist(), strict=True)] == [
        (number, numbers.count(number)) for number in sorted(set(numbers))
    ]


@examples(200)
@given(bounds=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20))))
def test_ranges_are_their_numbers_one_after_the_other(bounds):
    starts = np.array([start for start, _ in bounds], np.int64)
    ends = np.array([start + size for start, size in bounds], np.int64)
    assert ranges(starts, ends).tolist() == [number for start, size in bounds for number in range(start, start + size)]


@examples(200)
@given(numbers=st.lists(st.integers(-(1 << 40), 1 << 40)))
def test_smallest_keeps_the_numbers(numbers):
    assert smallest(np.array(numbers, np.int64)).tolist() == numbers
