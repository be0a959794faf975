"""Evaluations and cross-play as they are shown."""

import json

from hanabi_tui.console.measuring import measured


def found(players: int = 2) -> measured.Crossplay:
    return measured.crossplay(
        json.dumps(
            {
                "variant": "full",
                "players": players,
                "decks": 1_000,
                "seating": "The row's player begins.",
                "mean": [[20.0, 5.5], [4.25, 22.75]],
                "standard_error": [[0.1, 0.2], [None, 0.3]],
                "with_others": [4.875, 4.875],
                "with_others_standard_error": [0.15, 0.15],
            }
        )
    )


def test_the_matrix_shows_every_mean_and_the_mean_with_others() -> None:
    matrix = measured.matrix(found(), ["step 10", "hat"])
    assert matrix.rows == ["A step 10", "B hat"]
    assert list(matrix.columns) == ["A", "B", "others"]
    assert [[field.text for field in row] for row in matrix.fields] == [
        ["20.00", "5.50", "4.88"],
        ["4.25", "22.75", "4.88"],
    ]
    strengths = [field.strength for row in matrix.fields for field in row]
    assert (min(strengths), max(strengths)) == (0.0, 1.0)


def test_a_field_says_who_sat_where() -> None:
    labels = ["step 10", "hat"]
    assert measured.reading(found(), labels, 0, 0) == (
        "step 10 with itself: 20.00 ± 0.10 points over 1,000 decks"
    )
    assert measured.reading(found(), labels, 1, 0).startswith("hat, who begins, with step 10: 4.25 ± – ")
    assert measured.reading(found(4), labels, 0, 1).startswith("step 10, alone with 3 of hat: 5.50")
    assert "with all the others" in measured.reading(found(), labels, 0, 2)


def test_evaluations_are_a_line_each() -> None:
    line = json.dumps(
        {
            "agent": "run@12400",
            "variant": "full",
            "players": 2,
            "games": 1_000,
            "mean": 22.5,
            "error": 0.04,
            "kept": 22.75,
            "perfect": 0.125,
            "struck_out": 0.01,
        }
    )
    header, said = measured.table([measured.evaluated(line)]).splitlines()
    assert said.split() == [
        "run@12400",
        "full",
        "2p",
        "1,000",
        "22.50",
        "±",
        "0.04",
        "22.75",
        "12.5%",
        "1.0%",
    ]
    assert len(header) == len(said) <= 78
