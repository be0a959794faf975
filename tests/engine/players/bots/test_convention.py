from typing import Any

import numpy as np
import pytest
from hidden_cards import open_table, other_decks, shuffle_hidden
from numpy.typing import NDArray
from side_by_side import played_out

from engine import Games, Variant, chance, preset
from engine.game.games import PASS
from engine.game.moves import Kind, Move, card_name, number
from engine.game.variants import KINDS
from engine.players.agents import Moves
from engine.players.bots import find
from engine.players.bots.cautious import Cautious
from engine.players.bots.convention import ConventionBot
from engine.players.bots.convention.notes import CALLED, SPARED
from engine.players.bots.random_legal import RandomLegal
from engine.players.evaluation import evaluate, play

FULL = preset("full")


@pytest.mark.parametrize(
    ("players", "count", "level"), [(2, 1500, 23.75), (3, 400, 23.0), (4, 400, 22.0), (5, 400, 20.2)]
)
def test_it_scores_what_it_is_known_to_score(players: int, count: int, level: float) -> None:
    played = evaluate([ConventionBot], preset("full", players), count, seed=5)
    assert played.mean() > level - 5 * played.standard_error()
    assert played.strike_outs < 0.02


def test_it_plays_every_variant_by_the_rules_also_side_by_side_and_beside_anyone() -> None:
    for partner in (ConventionBot, Cautious, RandomLegal):
        for players in (2, 3, 4, 5):
            assert played_out(ConventionBot, partner, players).over.all()


def test_its_own_cards_and_the_deck_never_matter_to_its_choice() -> None:
    rng, lots = np.random.default_rng(6), chance.stream(6)
    games = Games.shuffled([FULL, preset("full", 3), preset("small")] * 40, lots)
    bot = ConventionBot(games)
    while not games.over.all():
        chosen = bot.act(games, lots)
        truth = games.table["deck"].copy()
        for _ in range(3):
            shuffle_hidden(games, rng)
            assert np.array_equal(bot.act(games, lots), chosen)
        open_table(games)["deck"] = truth
        bot.watch(games, chosen)
        games.step(chosen)


def replayed(decks: NDArray[np.uint8], variants: tuple[Variant, ...], made: list[Moves]) -> tuple[Games, Any]:
    """The games and a bot that watched them, after these moves on these decks."""
    games = Games(variants, decks)
    bot = ConventionBot(games)
    for moves in made:
        bot.act(games, chance.stream(0))
        bot.watch(games, moves)
        games.step(moves)
    return games, bot


@pytest.mark.parametrize("partner", [ConventionBot, RandomLegal])
@pytest.mark.parametrize("turns", [3, 8, 15, 24, 33, 44])
def test_histories_that_look_alike_to_a_seat_leave_it_the_same_notes_and_move(
    turns: int, partner: Any
) -> None:
    lots, rng = chance.stream(turns), np.random.default_rng(turns)
    games = Games.shuffled([FULL, FULL, preset("full", 3), preset("small", 3)] * 40, lots)
    decks = games.table["deck"].copy()
    seats = [ConventionBot(games), partner(games), ConventionBot(games)]
    made = [moves.copy() for moves, _ in zip(play(games, seats, lots), range(turns), strict=False)]
    games, bot = replayed(decks, games.variants, made)
    disguised, changed = other_decks(games, rng)
    twins, twin_bot = replayed(disguised, games.variants, made)
    running = ~games.over
    assert changed[running].mean() > 0.5
    assert np.array_equal(twins.table["touched"][running], games.table["touched"][running])
    assert np.array_equal(twin_bot.act(twins, lots), bot.act(games, lots))
    for field in ("possible", "flags"):
        assert np.array_equal(twin_bot.notes[field][running], bot.notes[field][running])


def test_one_player_in_all_seats_and_one_in_each_play_the_same_games() -> None:
    decks = Games.shuffled([FULL] * 60, chance.stream(9)).table["deck"].copy()
    histories = []
    for seats in (1, 2):
        games = Games([FULL] * 60, decks)
        bots = [ConventionBot(games) for _ in range(seats)]
        histories.append(np.array(list(play(games, bots, chance.stream(seats)))))
    assert np.array_equal(*histories)


def test_a_game_dealt_anew_is_played_as_if_it_were_the_first() -> None:
    decks = Games.shuffled([FULL] * 30, chance.stream(10)).table["deck"].copy()
    games = Games([FULL] * 30, decks)
    bot = ConventionBot(games)
    first = np.array(list(play(games, [bot], chance.stream(0))))
    games.redeal(np.arange(30), decks)
    assert np.array_equal(np.array(list(play(games, [bot], chance.stream(0)))), first)


def test_finished_games_get_no_move() -> None:
    games = Games.shuffled([preset("very-small")] * 50, chance.stream(11))
    bot = ConventionBot(games)
    while not games.over.all():
        chosen = bot.act(games, chance.stream(0))
        assert ((chosen == PASS) == games.over).all()
        bot.watch(games, chosen)
        games.step(chosen)


def dealt(*hands: str) -> tuple[Games, ConventionBot]:
    """A full game with these hands, as in `R1 Y2 …`, oldest card first, and a bot that watches it."""
    kinds = {card_name(kind): kind for kind in range(KINDS)}
    top = [kinds[card] for hand in hands for card in hand.split()]
    rest = FULL.full_deck.tolist()
    for kind in top:
        rest.remove(kind)
    games = Games([FULL], [top + rest])
    bot = ConventionBot(games)
    return games, bot


def tell(games: Games, bot: ConventionBot, move: Move) -> None:
    """Make one move before the bot's eyes."""
    moves = np.array([number(move, FULL)])
    bot.watch(games, moves)
    games.step(moves)


LATER = "R3 Y4 G3 W4 B3"  # nothing to hint at


def test_a_colour_hint_calls_for_the_newest_card_it_touches() -> None:
    games, bot = dealt(LATER, "Y3 R4 Y2 R1 G5")
    tell(games, bot, Move(Kind.COLOUR, offset=1, value=0))
    assert bot.notes["flags"][0, 5:10].tolist()[3] & CALLED
    assert bot.notes["possible"][0, 5 + 3] == 1  # the red 1 and nothing else
    assert bot.act(games, chance.stream(0))[0] == number(Move(Kind.PLAY, slot=3), FULL)


def test_a_hint_that_proves_a_card_playable_calls_for_no_other() -> None:
    games, bot = dealt(LATER, "Y3 R1 Y2 R1 G5")
    tell(games, bot, Move(Kind.RANK, offset=1, value=0))
    assert not (bot.notes["flags"][0, 5:10] & CALLED).any()
    assert bot.act(games, chance.stream(0))[0] in {
        number(Move(Kind.PLAY, slot=slot), FULL) for slot in (1, 3)
    }


def test_a_rank_hint_that_touches_the_chop_warns_and_calls_for_nothing() -> None:
    games, bot = dealt(LATER, "R5 Y3 G3 W3 B3")
    tell(games, bot, Move(Kind.RANK, offset=1, value=4))
    assert not (bot.notes["flags"][0, 5:10] & CALLED).any()
    assert not bot.notes["flags"][0, 5] & SPARED
    assert bot.act(games, chance.stream(0))[0] != number(Move(Kind.DISCARD, slot=0), FULL)


def test_who_is_not_warned_takes_its_chop_for_spared() -> None:
    games, bot = dealt("R1 Y3 G4 W2 B3", "R2 Y3 G3 W3 B3")
    tell(games, bot, Move(Kind.PLAY, slot=0))
    assert bot.notes["flags"][0, 5] & SPARED


def test_a_five_that_is_next_to_go_is_kept_by_a_hint() -> None:
    games, bot = dealt(LATER, "R5 Y3 G4 W3 B4")
    for _ in range(2):  # the hint, and what its receiver does
        chosen = bot.act(games, chance.stream(0))
        assert chosen[0] != number(Move(Kind.DISCARD, slot=0), FULL)
        bot.watch(games, chosen)
        games.step(chosen)
    assert games.table["last"][0, 0, 1] in {Kind.COLOUR, Kind.RANK}


def test_it_is_found_by_name() -> None:
    assert find("convention") is ConventionBot
