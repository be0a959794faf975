"""The engine against OpenSpiel's Hanabi, which is HLE itself: same decks, same moves, same everything."""

from collections.abc import Iterator

import numpy as np
import pyspiel
import pytest

from engine import Games, Variant, chance, preset
from engine.game import canonical
from engine.game.moves import Kind, table
from engine.game.variants import MAX_RANKS

VARIANTS = [
    *(preset("full", players) for players in (2, 3, 4, 5)),
    preset("small"),
    preset("very-small"),
    preset("small", 5),
    Variant(players=2, hand_size=9),
    Variant(players=3, colours=4, ranks=3, hand_size=3, info_tokens=2, life_tokens=7),
    Variant(players=4, colours=3, ranks=4, hand_size=2, info_tokens=20, life_tokens=1),
    Variant(players=5, colours=5, ranks=2, hand_size=3, info_tokens=1, life_tokens=50),
    Variant(players=2, colours=1, ranks=1, hand_size=1, info_tokens=1, life_tokens=1),
    Variant(players=5, hand_size=10, life_tokens=9),
    Variant(players=2, info_tokens=0, life_tokens=30),
]
GAMES = 160


def name_of_batch(variants: list[Variant]) -> str:
    return str(variants[0]) if len(set(variants)) == 1 else "all variants side by side"


def in_openspiel(variant: Variant) -> pyspiel.Game:
    return pyspiel.load_game(
        "hanabi",
        {
            "players": variant.players,
            "colors": variant.colours,
            "ranks": variant.ranks,
            "hand_size": variant.hand_size,
            "max_information_tokens": variant.info_tokens,
            "max_life_tokens": variant.life_tokens,
        },
    )


def card_source(variant: Variant, deck: np.ndarray) -> Iterator[int]:
    """The cards of a deck, from the top, as OpenSpiel numbers its chance outcomes."""
    return (int(kind) // MAX_RANKS * variant.ranks + int(kind) % MAX_RANKS for kind in deck)


def deal_cards(state: pyspiel.State, cards: Iterator[int]) -> None:
    while not state.is_terminal() and state.is_chance_node():
        state.apply_action(next(cards))


def lively_moves(games: Games, stream: chance.Stream, skill: float) -> np.ndarray:
    """Random legal moves, but with some probability a play that scores: so that games reach all endings."""
    moves = games.random_moves(stream)
    rng = np.random.default_rng(int(stream[0]))
    for g, variant in enumerate(games.variants):
        if moves[g] < 0 or rng.random() > skill:
            continue
        game = games.table[g]
        first = int(game["to_move"]) * variant.hand_size
        for slot in range(int(game["held"][game["to_move"]])):
            kind = int(game["deck"][game["hands"][first + slot]])
            if game["stacks"][kind // MAX_RANKS] == kind % MAX_RANKS:
                moves[g] = variant.hand_size + slot
    return moves


@pytest.mark.parametrize("skill", [0.0, 0.9], ids=["random", "lively"])
@pytest.mark.parametrize("variants", [*([v] * GAMES for v in VARIANTS), VARIANTS * 20], ids=name_of_batch)
def test_plays_as_hle_does_at_every_step(variants: list[Variant], skill: float) -> None:
    stream = chance.stream(7, len(variants))
    games = Games.shuffled(variants, stream)
    states = [in_openspiel(variant).new_initial_state() for variant in variants]
    cards = [
        card_source(v, deck[: v.deck_size]) for v, deck in zip(variants, games.table["deck"], strict=True)
    ]
    for state, source in zip(states, cards, strict=True):
        deal_cards(state, source)

    returns = np.zeros(len(variants))
    while True:
        mask = games.legal_mask()
        seats = [[seat % v.players for v in variants] for seat in range(max(v.players for v in variants))]
        seen = [canonical.encode(games, of_each) for of_each in seats]
        for g, (state, variant) in enumerate(zip(states, variants, strict=True)):
            size = canonical.length(variant)
            assert state.is_terminal() == games.over[g]
            if not state.is_terminal():
                assert state.legal_actions() == np.flatnonzero(mask[g]).tolist()
                assert state.current_player() == games.to_move[g]
                for seat in range(variant.players):
                    assert state.observation_tensor(seat) == seen[seat][g, :size].tolist(), (g, seat)
            assert state.returns()[0] == returns[g] == games.scores()[g]
        if games.over.all():
            break
        moves = lively_moves(games, stream, skill)
        returns += games.step(moves)
        for state, move, source in zip(states, moves, cards, strict=True):
            if move >= 0:
                state.apply_action(int(move))
                deal_cards(state, source)


def test_names_its_moves_as_hle_does() -> None:
    for players in (2, 3, 4, 5):
        variant = preset("full", players)
        state = in_openspiel(variant).new_initial_state()
        deal_cards(state, iter(c * 5 + r for c in range(5) for r in (0, 0, 0, 1, 1, 2, 2, 3, 3, 4)))
        for action in state.legal_actions():
            words = state.action_to_string(0, action)
            move = table(variant)[action]
            match move.kind:
                case Kind.PLAY:
                    assert f"Play {move.slot}" in words
                case Kind.DISCARD:
                    assert f"Discard {move.slot}" in words
                case Kind.COLOUR:
                    assert f"player +{move.offset} color {'RYGWB'[move.value]}" in words
                case Kind.RANK:
                    assert f"player +{move.offset} rank {move.value + 1}" in words
