"""[game_ranges] names games: all combinations of its lists."""

from engine import Variant
from engine.settings.games import game_name, variants_of
from engine.settings.sections import GameRangesSection


def test_every_combination_of_the_lists_is_a_game() -> None:
    assert variants_of(GameRangesSection(players=(2, 4))) == (Variant(2), Variant(4))
    ranges = GameRangesSection(variant="small", players=(2, 3), colors=(2, 3))
    assert {(v.players, v.colours, v.hand_size, v.life_tokens) for v in variants_of(ranges)} == {
        (players, colours, 2, 1) for players in (2, 3) for colours in (2, 3)
    }


def test_one_game_stands_for_all_of_them() -> None:
    assert game_name(GameRangesSection(variant="small", players=(2, 3))) == "small"
    assert game_name(GameRangesSection(colors=(2, 3), hand_sizes=(4,))) == "c3r5h4i8l3"
