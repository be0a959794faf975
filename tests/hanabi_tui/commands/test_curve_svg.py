"""Curves as pictures."""

import math
import xml.etree.ElementTree as ET

import pytest

from hanabi_tui.commands.curve_svg import Line, number, picture, style, ticks

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("lowest", "highest", "wanted"),
    [
        (0, 25, [0, 5, 10, 15, 20, 25]),
        (0, 3, [0, 0.5, 1, 1.5, 2, 2.5, 3]),
        (-1, 1, [-1, -0.5, 0, 0.5, 1]),
        (0, 170_000, [0, 50_000, 100_000, 150_000]),
    ],
)
def test_ticks_are_round_numbers(lowest: float, highest: float, wanted: list[float]) -> None:
    assert ticks(lowest, highest) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("value", "said"), [(0.25, "0.25"), (15.0, "15"), (80_000, "80 k"), (1.5e6, "1.5 M"), (5e-4, "0.0005")]
)
def test_ticks_are_said_shortly(value: float, said: str) -> None:
    assert number(value) == said


def test_a_curve_is_broken_where_nothing_is_known_and_its_band_with_it() -> None:
    points = [(0.0, 1.0), (1.0, 2.0), (2.0, math.nan), (3.0, 4.0)]
    root = ET.fromstring(picture("a < b", [Line("x & y", points, [0.5] * 4)]))
    assert len(root.findall(f"{SVG}polyline")) == 2
    assert len(root.findall(f"{SVG}polygon")) == 2
    assert len(root.findall(f"{SVG}circle")) == 1  # a point alone
    assert {"a < b", "x & y"} <= {text.text for text in root.iter(f"{SVG}text")}


def test_every_place_lies_inside_the_picture() -> None:
    lines = [Line("a", [(0.0, -3.0), (400.0, 90.0)], [10.0, 10.0]), Line("b", [(5.0, 1.0)])]
    root = ET.fromstring(picture("t", lines, [("mark", 95.0)]))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for shape in (*root.iter(f"{SVG}polyline"), *root.iter(f"{SVG}polygon")):
        for place in shape.attrib["points"].split():
            x, y = map(float, place.split(","))
            assert 0 <= x <= width and 0 <= y <= height
    assert "hours" in [text.text for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    "lines", [[], [Line("a", [])], [Line("a", [(0.0, 0.0)])], [Line("a", [(0.0, math.nan)])]]
)
def test_nothing_measured_is_an_empty_frame(lines: list[Line]) -> None:
    root = ET.fromstring(picture("t", lines, least=0.0))
    drawn = [*root.iter(f"{SVG}polyline"), *root.iter(f"{SVG}polygon")]
    assert not [each for each in drawn if len(each.get("points", "").split()) > 1]


def test_only_a_file_of_its_own_carries_its_style() -> None:
    assert style() in picture("t", [])
    assert "<style" not in picture("t", [], alone=False)
    assert style() != style(dark=True)
