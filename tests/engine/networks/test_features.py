"""Features of rows, against a slow reckoning from the row's fields."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Games, Variant, chance, preset
from engine.game import observation
from engine.game.rules import HINTED
from engine.game.variants import copies
from engine.networks.features import Features, expand
from engine.networks.layout import Layout
from engine.networks.touched import OWN_MARKS, Bags
from engine.records.worth import Worth, worth

VARIANTS = [
    preset("full", 2),
    preset("full", 5),
    preset("small", 3),
    Variant(4, 3, 4, 3),
    Variant(2, 5, 1, 5),
]


def games_at(seed: int, turns: int) -> Games:
    stream = chance.stream(seed)
    games = Games.shuffled(VARIANTS * 3, stream)
    for _ in range(turns):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
    return games


def spread(features: Features, layout: Layout) -> np.ndarray:
    """float32[N, A + F]: numbers, then each mark as 0 or 1."""
    marks = np.zeros((len(features.numbers), layout.marks), dtype=np.float32)
    rows = np.repeat(np.arange(len(marks)), np.diff(features.whole.starts))
    np.add.at(marks, (rows, features.whole.marks), 1)
    return np.concatenate([features.numbers, marks], axis=1)


def features_of(games: Games, g: int) -> tuple[np.ndarray, np.ndarray, float, list[np.ndarray]]:
    """Numbers of own cards and of the others', the share of the deck, and each group of marks."""
    layout = Layout(5)
    x = spread(expand(observation.observe(games), layout), layout)[g]
    numbers, marks = np.split(x, [layout.numbers])
    own, others = numbers[:140].reshape(5, 28), numbers[140:-1].reshape(4, 5, 25)
    return own, others, numbers[-1], np.split(marks, layout.starts[1:-1])


def belief(games: Games, g: int, seat: int, place: int, seen: list[int]) -> np.ndarray:
    """The chance of each kind: copies not seen anywhere, if hints leave the kind possible."""
    game, variant = games.table[g], games.variants[g]
    chances = np.zeros(25)
    for colour in range(variant.colours):
        for rank in range(variant.ranks):
            kind = 5 * colour + rank
            left = copies(rank, variant.ranks) - int(game["discards"][kind]) - (game["stacks"][colour] > rank)
            possible = game["colours_left"][place] >> colour & game["ranks_left"][place] >> rank & 1
            chances[kind] = max(left - seen.count(kind), 0) * possible
    return chances / chances.sum()


def hints(games: Games, g: int, place: int) -> list[int]:
    """What was named of a card's colour and rank, if anything was, and how long ago the last hint was."""
    game = games.table[g]
    marks = [0] * 18
    for at, left in ((0, int(game["colours_left"][place])), (5, int(game["ranks_left"][place]))):
        for value in range(5 if left & HINTED else 0):
            marks[at + value] = left >> value & 1
    if game["hinted"][place]:
        age = int(game["turn"]) + 1 - int(game["hinted"][place])
        marks[10 + sum(age > oldest for oldest in (1, 2, 3, 4, 6, 10, 18))] = 1
    return marks


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(0, 25))
def test_beliefs_count_the_cards_that_can_still_be_there(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    for g, variant in enumerate(games.variants):
        game, me = games.table[g], int(games.to_move[g])
        own, others, _, (own_marks, other_marks, *_) = features_of(games, g)
        hands = {
            seat: [
                int(game["hands"][seat * variant.hand_size + slot]) for slot in range(int(game["held"][seat]))
            ]
            for seat in range(variant.players)
        }
        seen = [int(game["deck"][place]) for seat in hands if seat != me for place in hands[seat]]
        for slot, place in enumerate(hands[me]):
            card = own[slot]
            chances = belief(games, g, me, place, seen)
            assert card[:25] == pytest.approx(chances, abs=1e-6)
            for fact, meaning in enumerate((Worth.PLAYS, Worth.DEAD, Worth.LAST)):
                kinds = [k for k in np.flatnonzero(chances) if worth(game, int(k)) is meaning]
                assert card[25 + fact] == pytest.approx(chances[kinds].sum(), abs=1e-5)
            assert own_marks.reshape(5, 18)[slot].tolist() == hints(games, g, place)
        for seat in hands:
            offset = (seat - me) % variant.players
            for slot, place in enumerate(hands[seat] if offset else []):
                card = other_marks.reshape(4, 5, -1)[offset - 1, slot]
                assert np.flatnonzero(card[:25]).tolist() == [game["deck"][place]]
                assert others[offset - 1, slot] == pytest.approx(belief(games, g, seat, place, []), abs=1e-6)
                meaning = worth(game, int(game["deck"][place]))
                marks = [meaning is m for m in (Worth.PLAYS, Worth.DEAD, Worth.LAST)]
                assert card[25:28].astype(bool).tolist() == marks
                assert card[28:].tolist() == hints(games, g, place)


def in_bag(bags: Bags, bag: int) -> list[int]:
    """The marks of a bag, in rising order."""
    return sorted(bags.marks[bags.starts[bag] : bags.starts[bag + 1]].tolist())


def last_hints_to_me(games: Games, g: int) -> dict[int, int]:
    """Slots that each of the last four moves touched, as bits, where it was a hint to who is to move."""
    game, players = games.table[g], games.variants[g].players
    found = {}
    for back in range(min(int(game["turn"]), 4)):
        entry = (int(game["turn"]) - 1 - back) % 4
        _, kind, target, _, _ = game["last"][entry].tolist()
        if kind >= 2 and target % players == int(games.to_move[g]):
            found[back] = int(game["touched"][entry])
    return found


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(0, 25))
def test_moves_of_a_kind_are_told_apart_by_what_they_touch(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    features = expand(observation.observe(games), Layout(5))
    own, others = own_and_other_marks(games)
    for g in range(len(games.variants)):
        game, me = games.table[g], int(games.to_move[g])
        slots = range(int(game["held"][me]))
        touching = last_hints_to_me(games, g)
        for slot in range(5):
            wanted = [
                18 + slot,
                *np.flatnonzero(own[g, slot]),
                *(23 + b for b in touching if touching[b] >> slot & 1),
            ]
            assert in_bag(features.own, 5 * g + slot) == (sorted(wanted) if slot in slots else [])
        for seat in range(1, 5):
            for value in range(10):
                hint = (value // 5 * 4 + seat - 1) * 5 + value % 5
                touched = [
                    slot
                    for slot in range(5)
                    for kind in np.flatnonzero(others[g, seat - 1, slot, :25])
                    if value == kind // 5 or value == 5 + kind % 5
                ]
                wanted = [
                    mark
                    for slot in touched
                    for mark in (46 + slot, *np.flatnonzero(others[g, seat - 1, slot]))
                ]
                wanted += [51 + hint] if touched else []
                assert in_bag(features.hints, 40 * g + hint) == sorted(wanted)


def own_and_other_marks(games: Games) -> tuple[np.ndarray, np.ndarray]:
    """[N, 5, 18], [N, 4, 5, 46]: which marks each card sets, its slot left aside."""
    layout = Layout(5)
    x = spread(expand(observation.observe(games), layout), layout)[:, layout.numbers :]
    own, others = x[:, : 5 * 18], x[:, 5 * 18 :][:, : 20 * 46]
    return own.reshape(-1, 5, 18), others.reshape(-1, 4, 5, 46)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(0, 25))
def test_the_table_is_told_as_it_lies(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    for g, variant in enumerate(games.variants):
        game = games.table[g]
        *_, share, groups = features_of(games, g)
        stacks, discards, info, lives, deck, last_turns, numbers, moves = groups[2:]
        heights = stacks.reshape(5, 6)[: variant.colours]
        assert heights.argmax(axis=1).tolist() == game["stacks"][: variant.colours].tolist()
        assert stacks.sum() == variant.colours
        assert discards.reshape(25, 3).sum(axis=1).tolist() == game["discards"].tolist()
        assert np.flatnonzero(info).tolist() == [min(game["info"], 15)]
        assert np.flatnonzero(lives).tolist() == [min(game["lives"], 7)]
        left = variant.deck_size - int(game["drawn"])
        assert np.flatnonzero(deck).tolist() == [left]
        assert share == pytest.approx(left / 50)
        assert np.flatnonzero(last_turns).tolist() == ([] if left else [game["turns_left"]])
        expected = [
            variant.players - 1,
            5 + variant.colours - 1,
            10 + variant.ranks - 1,
            15 + variant.hand_size - 1,
        ]
        assert np.flatnonzero(numbers).tolist() == expected
        remembered = min(int(game["turn"]), 4)
        actors = moves.reshape(4, -1)[:, :5].sum(axis=1)
        assert actors.tolist() == [1] * remembered + [0] * (4 - remembered)


def test_no_two_different_rows_look_the_same() -> None:
    games = games_at(3, 6)
    rows = observation.observe(games)
    features = spread(expand(rows, Layout(5)), Layout(5))
    for g in range(len(rows)):
        same = (features == features[g]).all(axis=1)
        assert (rows[same, :-1] == rows[g, :-1]).all()


def test_features_lie_between_0_and_1_whatever_the_layout() -> None:
    stream = chance.stream(8)
    games = Games.shuffled([preset("full", 2)] * 50, stream)
    for _ in range(60):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
        rows = observation.observe(games)
        shares = []
        for layout in (Layout(2), Layout(5)):
            x = spread(expand(rows, layout), layout)
            assert x.shape == (50, layout.numbers + layout.marks)
            assert x.min() >= 0
            assert x.max() <= 1 + 1e-5
            shares.append((x[x > 0]).sum())
        assert shares[0] == pytest.approx(shares[1])


@pytest.mark.parametrize(
    "variant", [preset("full", 2), preset("full", 5), preset("small"), Variant(2, 5, 1, 5)]
)
def test_no_row_sets_more_marks_than_room_is_made_for(variant: Variant) -> None:
    layout = Layout(variant.players, variant.colours, variant.ranks, variant.hand_size)
    row = np.zeros(1, dtype=observation.ROW)
    for name in ("players", "colours", "ranks", "hand_size"):
        row[name] = getattr(variant, name)
    # more than can ever be: everything hinted, everything discarded, the longest moves
    row["discards"], row["cards"], row["colours_left"], row["ranks_left"] = 3, 1, 63, 63
    row["hint_age"] = 1
    row["last"] = (1, 3, 1, 1, 31)
    features = expand(row.view(np.uint8).reshape(1, -1), layout)
    assert len(features.whole.marks) <= layout.most
    assert features.whole.starts.tolist() == [0, len(features.whole.marks)]
    assert features.whole.marks.max() < layout.marks
    row["last"] = (1, 3, 0, 1, 31)
    features = expand(row.view(np.uint8).reshape(1, -1), layout)
    for bags, most, marks in (
        (features.own, layout.most_own, OWN_MARKS),
        (features.hints, layout.most_of_hints, layout.hint_marks),
    ):
        assert len(bags.marks) == bags.starts[-1] <= most
        assert bags.marks.max() < marks


def test_numbers_are_written_where_the_caller_wants_them() -> None:
    rows, layout = observation.observe(games_at(1, 4))[:6], Layout(5)
    numbers = np.full((6, layout.numbers), np.nan, dtype=np.float32)
    assert expand(rows, layout, numbers).numbers is numbers
    assert (numbers == expand(rows, layout).numbers).all()
