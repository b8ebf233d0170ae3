"""No figure under five, also by subtraction."""

import random
from itertools import pairwise

from installation.report.figures import FEWEST
from installation.report.suppression import Cell, Sum, hidden_cells
from installation.report.told import Told


def found_by_subtraction(counts: dict[Cell, int], sums: list[Sum], hidden: set[Cell]) -> list[tuple[Cell, int]]:
    """Counts of 1 to 4 that somebody finds who adds and subtracts what is told, again and again."""
    known = {cell: count for cell, count in counts.items() if cell not in hidden}
    found = []
    while True:
        new = {}
        for one in sums:
            dark = [cell for cell in one.parts if cell not in known]
            if one.total in known and len(dark) == 1:
                new[dark[0]] = known[one.total] - sum(known[cell] for cell in one.parts if cell in known)
            if one.total in known and dark:
                rest = known[one.total] - sum(known[cell] for cell in one.parts if cell in known)
                if 0 < rest < 5:
                    found.append((tuple(dark), rest))
            if one.total not in known and not dark:
                new[one.total] = sum(known[cell] for cell in one.parts)
        if not new:
            return found + [(cell, count) for cell, count in known.items() if 0 < count < 5]
        known |= new


def test_an_hour_with_few_visits_takes_another_hour_with_it_for_the_days_sum_is_told() -> None:
    counts: dict[Cell, int] = {"10": 3, "11": 30, "12": 7, "13": 0, "day": 40}
    sums = [Sum(("10", "11", "12", "13"), "day")]
    assert hidden_cells(counts, sums) == {"10", "12"}


def test_hours_that_are_few_together_hide_more() -> None:
    counts: dict[Cell, int] = {"10": 1, "11": 2, "12": 9, "13": 20, "day": 32}
    assert hidden_cells(counts, [Sum(("10", "11", "12", "13"), "day")]) == {"10", "11", "12"}


def test_where_only_one_hour_had_visits_the_empty_ones_hide_it() -> None:
    counts: dict[Cell, int] = {"10": 3, "11": 0, "day": 3, "other day": 50, "week": 53}
    sums = [Sum(("10", "11"), "day"), Sum(("day", "other day"), "week")]
    hidden = hidden_cells(counts, sums)
    assert hidden == {"10", "day", "other day"}
    assert not found_by_subtraction(counts, sums, hidden)


def test_a_day_that_is_hidden_for_another_ones_sake_does_not_come_out_of_its_hours() -> None:
    counts: dict[Cell, int] = {"Mon 10": 3, "Mon": 3, "Tue 10": 20, "Tue 11": 30, "Tue": 50, "week": 53}
    sums = [Sum(("Mon 10",), "Mon"), Sum(("Tue 10", "Tue 11"), "Tue"), Sum(("Mon", "Tue"), "week")]
    hidden = hidden_cells(counts, sums)
    assert hidden == {"Mon 10", "Mon", "Tue", "Tue 10"}
    assert not found_by_subtraction(counts, sums, hidden)


def test_in_any_table_of_days_and_hours_nothing_under_five_can_be_found_by_subtraction() -> None:
    dice = random.Random(5)
    for _ in range(150):
        days, hours = dice.randint(1, 6), dice.randint(1, 6)
        counts: dict[Cell, int] = {
            (day, hour): dice.choice((0, 0, 1, 3, 4, 5, 6, 12, 30)) for day in range(days) for hour in range(hours)
        }
        sums = [Sum([(day, hour) for hour in range(hours)], ("day", day)) for day in range(days)]
        sums += [Sum([(day, hour) for day in range(days)], ("hour", hour)) for hour in range(hours)]
        sums.append(Sum([("day", day) for day in range(days)], "all"))
        sums.append(Sum([("hour", hour) for hour in range(hours)], "all"))
        for one in sums:
            counts[one.total] = sum(counts[cell] for cell in one.parts)
        assert not found_by_subtraction(counts, sums, hidden_cells(counts, sums))


def test_what_is_all_large_is_all_told() -> None:
    counts: dict[Cell, int] = {number: 5 + number for number in range(50)}
    sums = [Sum((a, b), f"{a}+{b}") for a, b in pairwise(range(50))]
    counts |= {f"{a}+{b}": 10 + a + b for a, b in pairwise(range(50))}
    assert hidden_cells(counts, sums) == set()


def test_what_is_hidden_for_anothers_sake_is_told_in_tens_and_gives_no_other_away() -> None:
    told = Told()
    for cell, count in (("whole", 181), ("wide", 178), ("few", 3)):
        told.add(cell, count)
    told.adds_up(["wide", "few"], "whole")
    assert (told.count("whole"), told.count("wide"), told.count("few")) == (181, None, None)
    assert (told.about("wide"), told.about("few"), told.about("whole")) == (180, None, None)
    for few in range(1, FEWEST):
        assert abs(181 - few - 180) <= 5, "each of them is possible"
