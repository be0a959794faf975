"""The information bot: how well it plays, and that it plays only by what it sees."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hidden_cards import open_table
from numpy.typing import NDArray

from engine import Games, Variant, chance, preset
from engine.errors import AgentError, VariantError
from engine.game.games import PASS
from engine.game.moves import Kind, Move, table
from engine.game.variants import MAX_DECK, MAX_RANKS
from engine.players.agents import Agent
from engine.players.bots.hat.bot import InformationBot
from engine.players.bots.kinds import ALL_KINDS
from engine.players.bots.random_legal import RandomLegal
from engine.players.evaluation import evaluate, play

LEVEL = {2: 22.81, 3: 24.868, 4: 24.953, 5: 24.929}
"""Mean strict scores over 40,000 games."""

SWAPPED = 3
"""How many cards of a hand are others in the twin of a game."""


def play_out(games: Games, agents: Sequence[Agent], stream: chance.Stream) -> None:
    for _ in play(games, agents, stream):
        pass


def every_small_variant() -> list[Variant]:
    numbers = product((2, 3, 4, 5), (1, 2, 3, 5), (1, 2, 3, 5), (1, 2, 3, 4, 6), ((1, 1), (3, 1), (8, 3)))
    variants = []
    for players, colours, ranks, hand_size, (info, lives) in numbers:
        try:
            variants.append(Variant(players, colours, ranks, hand_size, info, lives))
        except VariantError:
            continue
    return variants


@pytest.mark.parametrize("players", LEVEL)
def test_it_plays_at_its_level_and_never_strikes_out(players: int) -> None:
    played = evaluate([InformationBot], preset("full", players), 1000, seed=11)
    assert played.mean() > LEVEL[players] - 4 * played.standard_error()
    assert played.strike_outs == 0


def test_every_move_is_legal_in_every_variant() -> None:
    variants = every_small_variant() * 3
    assert len(variants) > 1000
    games = Games.shuffled(variants, chance.stream(1))
    play_out(games, [InformationBot(games)], chance.stream(2))
    assert games.over.all()


@pytest.mark.parametrize("seat", range(5))
def test_every_move_is_legal_beside_partners_without_a_convention(seat: int) -> None:
    variants = [variant for variant in every_small_variant() if variant.players > seat]
    games = Games.shuffled(variants, chance.stream(3, seat))
    bot, other = InformationBot(games), RandomLegal(games)
    play_out(games, [bot if at == seat else other for at in range(5)], chance.stream(4))
    assert games.over.all()


@pytest.mark.parametrize("players", LEVEL)
def test_two_bots_that_do_not_share_notes_play_like_one(players: int) -> None:
    def scores(separate: bool) -> NDArray[np.int64]:
        games = Games.shuffled([preset("full", players)] * 64, chance.stream(5))
        agents = [InformationBot(games) for _ in range(players if separate else 1)]
        play_out(games, agents, chance.stream(6))
        return games.scores()

    assert (scores(separate=True) == scores(separate=False)).all()


def test_it_draws_no_lots_and_repeats_itself() -> None:
    stream = chance.stream(7)
    before = stream.copy()
    games = Games.shuffled([preset("full", 4)] * 64, chance.stream(8))
    again = Games.shuffled([preset("full", 4)] * 64, chance.stream(8))
    play_out(games, [InformationBot(games)], stream)
    play_out(again, [InformationBot(again)], chance.stream(9))
    assert (games.table == again.table).all()
    assert stream == before


def test_a_redealt_game_starts_without_notes() -> None:
    games = Games.shuffled([preset("full", 3)] * 8, chance.stream(10))
    bot = InformationBot(games)
    play_out(games, [bot], chance.stream(11))
    which = games.redeal_finished(chance.stream(12))
    bot.begin(games, which)
    assert (bot.views == InformationBot(games).views).all()


def test_a_variant_without_tokens_is_refused() -> None:
    games = Games.shuffled([Variant(players=3, info_tokens=0)], chance.stream(0))
    with pytest.raises(AgentError, match="information tokens"):
        InformationBot(games)


@pytest.mark.parametrize("players", LEVEL)
@pytest.mark.parametrize("share_of_lots", [0.0, 0.2])
def test_the_movers_own_cards_do_not_change_its_move(players: int, share_of_lots: float) -> None:
    games = Games.shuffled([preset("full", players)] * 200, chance.stream(13))
    bot, stream, lots = InformationBot(games), chance.stream(14), np.random.default_rng(15)
    while not games.over.all():
        moves = bot.act(games, stream)
        truth = games.table["deck"].copy()
        for g in np.flatnonzero(~games.over):
            hide_hand(games, int(g), lots)
        assert (bot.act(games, stream) == moves).all()
        open_table(games)["deck"] = truth
        at_random = lots.random(len(games)) < share_of_lots
        moves = np.where(at_random, games.random_moves(stream), moves)
        bot.watch(games, moves)
        games.step(moves)


def hide_hand(games: Games, g: int, lots: np.random.Generator) -> None:
    """Shuffle the mover's hand with the undealt cards."""
    game = open_table(games)[g]
    first = int(game["to_move"]) * int(game["hand_size"])
    hand = game["hands"][first : first + int(game["held"][game["to_move"]])]
    places = [*hand, *range(int(game["drawn"]), int(game["deck_size"]))]
    game["deck"][places] = lots.permutation(game["deck"][places])


@pytest.mark.parametrize("players", LEVEL)
def test_the_shortcut_for_seats_that_agree_changes_nothing(players: int) -> None:
    games = Games.shuffled([preset("full", players)] * 100, chance.stream(16))
    bot, slow = InformationBot(games), InformationBot(games)
    stream, lots = chance.stream(17), np.random.default_rng(18)
    while not games.over.all():
        slow.views["possible"][:, 1, MAX_DECK - 1] |= 1 << 31  # means no kind, but makes the seats differ
        moves = bot.act(games, stream)
        assert (slow.act(games, stream) == moves).all()
        moves = np.where(lots.random(len(games)) < 0.05, games.random_moves(stream), moves)
        for each in (bot, slow):
            each.watch(games, moves)
        seats = bot.views["possible"][:, :players] ^ slow.views["possible"][:, :players]
        assert not (seats & int(ALL_KINDS)).any()
        games.step(moves)


@pytest.mark.parametrize("players", LEVEL)
@pytest.mark.parametrize("seat", [0, 1])
def test_a_seat_notes_the_same_whatever_it_cannot_see(players: int, seat: int) -> None:
    """Two games differ in some cards of a seat, and look the same to it; hints fit but one of them."""
    games, twins, places = twin_games(players, seat)
    bot, twin_bot = InformationBot(games), InformationBot(twins)
    stream, lots = chance.stream(21), np.random.default_rng(22)
    compared, misled = 0, 0
    while True:
        compare = (games.table["drawn"] < games.table["deck_size"] - SWAPPED) & ~games.over & ~twins.over
        if not compare.any():
            break
        wanted, twin_wanted = bot.act(games, stream), twin_bot.act(twins, stream)
        ours = compare & (games.to_move == seat)
        assert (wanted[ours] == twin_wanted[ours]).all()
        moves = np.full(len(games), PASS, dtype=np.int64)
        for g in np.flatnonzero(compare):
            same = looks_the_same(games, twins, int(g), seat, places[g])
            if same:
                moves[g] = wanted[g] if wanted[g] in same else lots.choice(same)
                misled += int(moves[g] == wanted[g] != twin_wanted[g])
        if (moves == PASS).all():
            break
        bot.watch(games, moves)
        twin_bot.watch(twins, moves)
        assert (bot.views[:, seat] == twin_bot.views[:, seat]).all()
        compared += int((moves != PASS).sum())
        games.step(moves)
        twins.step(moves)
    assert compared > 10 * len(games)
    assert misled > len(games) // 2


def twin_games(players: int, seat: int) -> tuple[Games, Games, NDArray[np.int64]]:
    """Games, the same with some cards of a seat swapped for the deck's last, and where the former lie."""
    variants = [preset("full", players)] * 100
    games = Games.shuffled(variants, chance.stream(19))
    decks, lots = games.table["deck"].copy(), np.random.default_rng(20)
    hand_size = variants[0].hand_size
    places = np.empty((len(games), SWAPPED), dtype=np.int64)
    last = np.arange(MAX_DECK - SWAPPED, MAX_DECK)
    for deck, mine in zip(decks, places, strict=True):
        mine[:] = seat * hand_size + lots.choice(hand_size, SWAPPED, replace=False)
        deck[mine], deck[last] = deck[last].copy(), deck[mine].copy()
    return games, Games(variants, decks), places


def looks_the_same(games: Games, twins: Games, g: int, seat: int, places: NDArray[np.int64]) -> list[int]:
    """The moves that a seat cannot tell the twins apart by."""
    game, twin = open_table(games)[g], twins.table[g]
    mover, hand_size = int(game["to_move"]), int(game["hand_size"])
    hand = game["hands"][seat * hand_size : seat * hand_size + int(game["held"][seat])]
    legal = int(game["legal"]) & int(twin["legal"])
    same = []
    for number, move in enumerate(table(games.variants[g])):
        if not legal >> number & 1:
            continue
        if move.kind in (Kind.DISCARD, Kind.PLAY):
            fits = mover != seat or hand[move.slot] not in places
        elif (mover + move.offset) % int(game["players"]) == seat:
            fits = (touched(move, game["deck"][hand]) == touched(move, twin["deck"][hand])).all()
        else:
            fits = True
        if fits:
            same.append(number)
    return same


def touched(hint: Move, cards: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return (cards // MAX_RANKS if hint.kind == Kind.COLOUR else cards % MAX_RANKS) == hint.value
