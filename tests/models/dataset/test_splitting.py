"""A split keeps people and doubles whole, every class near to its shares, and says where there are too few people."""

from models.dataset.splitting import Split, split_by_person
from models.dataset.table import FaceRow

SHARES = (0.7, 0.15, 0.15)


def rows_of(people: int, labels: tuple[str, ...] = ("neutral", "anger"), each: int = 5) -> list[FaceRow]:
    return [
        FaceRow(f"{label}/{who}-{k}.png", label, f"P{who}")
        for who in range(people)
        for label in labels
        for k in range(each)
    ]


def parts_of(found: Split, person: str) -> set[str]:
    return {row.part for row in found.rows if row.person == person}


def test_nobody_is_in_two_parts_and_every_class_comes_near_to_its_shares() -> None:
    found = split_by_person(rows_of(20), (), SHARES, 1)
    assert found.usable
    assert found.remarks == ()
    assert all(len(parts_of(found, f"P{who}")) == 1 for who in range(20))
    for label in ("neutral", "anger"):
        there = [row.part for row in found.rows if row.label == label]
        assert 0.6 <= there.count("train") / len(there) <= 0.8
        assert there.count("valid") >= 10
        assert there.count("test") >= 10


def test_the_same_seed_divides_alike_and_another_one_otherwise() -> None:
    rows = rows_of(20)
    first, again, other = (split_by_person(rows, (), SHARES, seed).rows for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_who_is_written_in_two_ways_is_one_person() -> None:
    rows = [FaceRow(f"anger/{who}-{k}.png", "anger", who) for who in ("Anna", "anna", "ben", "Cleo") for k in range(9)]
    found = split_by_person(rows, (), SHARES, 1)
    assert parts_of(found, "Anna") == parts_of(found, "anna")


def test_doubles_bind_people_together() -> None:
    rows = rows_of(6)
    pairs = [(0, 10), (10, 20), (20, 30)]  # P0 = P1 = P2 = P3
    found = split_by_person(rows, pairs, SHARES, 1)
    assert len(set.union(*(parts_of(found, f"P{who}") for who in range(4)))) == 1
    all_but_one = split_by_person(rows_of(3), [(0, 10)], SHARES, 1)
    assert "3 people show it (doubles bind them into 2), and nobody is in two parts" in all_but_one.remarks[0]


def test_a_class_that_too_few_people_show_is_named() -> None:
    rows = [*rows_of(9), *(FaceRow(f"fear/{k}.png", "fear", "P0") for k in range(5))]
    (told,) = split_by_person(rows, (), SHARES, 1).remarks
    assert told.startswith("fear: none in ")
    assert "1 person shows it" in told


def test_one_person_alone_cannot_be_divided_and_faces_of_nobody_can() -> None:
    assert not split_by_person(rows_of(1), (), SHARES, 1).usable
    found = split_by_person([FaceRow(f"anger/{k}.png", "anger") for k in range(40)], (), SHARES, 1)
    assert found.usable
    assert "40 faces have no person" in found.remarks[0]


def test_without_a_share_for_it_there_is_no_test_part() -> None:
    found = split_by_person(rows_of(10), (), (0.8, 0.2, 0.0), 1)
    assert {row.part for row in found.rows} == {"train", "valid"}
