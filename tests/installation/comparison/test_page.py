"""Table, page and Markdown of a comparison say the same, and whatever a folder is called stays text."""

import re
from xml.etree import ElementTree

from installation.comparison.page import comparison_html
from installation.comparison.tables import as_markdown, tables
from models.comparison.result import WHOLE
from tests.installation.comparison.made_comparison import made_comparison

HOSTILE = """<script>alert("&")</script>'"><img src=x onerror=y>|"""


def test_a_page_is_well_formed_and_takes_nothing_from_elsewhere() -> None:
    html = comparison_html(made_comparison(HOSTILE))
    page = ElementTree.fromstring(html.removeprefix("<!DOCTYPE html>\n"))  # noqa: S314 - our own page
    assert HOSTILE in " ".join("".join(page.itertext()).split())
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|url\(|@import|<script|<link|<img", html)
    drawings = list(page.iter("{http://www.w3.org/2000/svg}svg"))
    assert len(drawings) == 5
    assert all(one.findtext("{http://www.w3.org/2000/svg}title") for one in drawings)


def test_how_far_a_method_falls_is_counted_among_the_other_set_s_emotions() -> None:
    others = next(table for table in tables(made_comparison()) if table.title == "Other sets")
    assert others.rows == (("HOG + linear SVM", "50.0", "30.0", "0.440", "0.100"),)


def test_what_a_filter_does_on_sequences_stands_beside_what_it_costs() -> None:
    row = next(table for table in tables(made_comparison()) if table.title == "On sequences").rows[0]
    assert row == ("gru", "0.25", "20", "20", "20", "20", "20", "80", "0.08", "81")


def test_every_table_is_a_rectangle_and_stands_in_the_markdown() -> None:
    found = made_comparison(HOSTILE)
    for table in tables(found):
        assert {len(row) for row in table.rows} == {len(table.heads)}
        assert f"### {table.title}" in as_markdown(found)
    assert "a row: was left out" in as_markdown(found)


def test_figures_kept_as_json_are_read_as_they_were() -> None:
    found = made_comparison()
    assert WHOLE.validate_json(WHOLE.dump_json(found)) == found
