import numpy as np
import pytest
from hidden_cards import open_table, own_places, shuffle_hidden
from side_by_side import played_out

from engine import Games, chance, preset
from engine.game.games import PASS
from engine.players.bots import find
from engine.players.bots.cautious import Cautious
from engine.players.bots.random_legal import RandomLegal
from engine.players.evaluation import choose, evaluate, play


@pytest.mark.parametrize(("players", "level"), [(2, 17.9), (3, 17.8), (4, 16.8), (5, 15.7)])
def test_it_scores_what_it_is_known_to_score(players: int, level: float) -> None:
    played = evaluate([Cautious], preset("full", players), 1000, seed=5)
    assert abs(played.mean() - level) < 5 * played.standard_error()


@pytest.mark.parametrize("players", [2, 3, 4, 5])
def test_among_its_like_no_life_is_ever_lost(players: int) -> None:
    games = Games.shuffled([preset("full", players)] * 300, chance.stream(players))
    for _ in play(games, [Cautious(games)], chance.stream(0)):
        pass
    assert (games.table["lives"] == 3).all()


def test_beside_a_random_player_only_the_random_player_loses_lives() -> None:
    games = Games.shuffled([preset("full", 3)] * 200, chance.stream(1))
    seats = [RandomLegal(games), Cautious(games), RandomLegal(games)]
    lots = chance.stream(2)
    while not games.over.all():
        lives, mover = games.table["lives"].copy(), games.to_move.copy()
        games.step(choose(seats, games, lots))
        assert (games.table["lives"] == lives)[mover == 1].all()


def test_it_plays_every_variant_by_the_rules_also_side_by_side_and_beside_anyone() -> None:
    for partner in (Cautious, RandomLegal):
        for players in (2, 3, 4, 5):
            assert played_out(Cautious, partner, players).over.all()


def test_its_own_cards_and_the_deck_never_matter_to_its_choice() -> None:
    rng, lots = np.random.default_rng(6), chance.stream(6)
    games = Games.shuffled([preset("full", 2), preset("full", 4), preset("small")] * 40, lots)
    bot = Cautious(games)
    while not games.over.all():
        chosen = bot.act(games, lots)
        held, truth = games.table["deck"].copy(), open_table(games)["deck"]
        for _ in range(3):
            shuffle_hidden(games, rng)
            assert np.array_equal(bot.act(games, lots), chosen)
        truth[:] = held
        games.step(chosen)


def test_the_same_table_always_gets_the_same_move_and_a_finished_game_none() -> None:
    stream = chance.stream(7)
    games = Games.shuffled([preset("very-small")] * 50, stream)
    bot, other = Cautious(games), Cautious(games)
    while not games.over.all():
        chosen = bot.act(games, stream)
        assert np.array_equal(other.act(games, stream), chosen)
        assert ((chosen == PASS) == games.over).all()
        games.step(chosen)


def test_it_plays_a_card_once_both_its_colour_and_rank_are_told() -> None:
    variant = preset("full")
    games = Games.shuffled([variant], chance.stream(8))
    game = open_table(games)[0]
    place = own_places(game)[2]
    game["colours_left"][place], game["ranks_left"][place] = 1, 1
    assert Cautious(games).act(games, chance.stream(0))[0] == variant.hand_size + 2


def test_it_is_found_by_name() -> None:
    assert find("cautious") is Cautious
