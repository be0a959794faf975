"""Tokens look at each other: what they are told of a row, and what may move them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Games, Variant, chance, preset
from engine.game import observation
from engine.game.observation import ROW
from engine.game.variants import copies
from engine.networks.architectures import build
from engine.networks.largest import Largest
from engine.networks.network import IMPOSSIBLE, MOVES, values_of
from engine.networks.tokens import Expansion, Odds, field
from engine.networks.transformer import ModelError, Transformer
from engine.records.worth import Worth, is_lost, worth
from engine.settings.sections import ModelSection

VARIANTS = [
    *(preset("full", players) for players in (2, 3, 4, 5)),
    preset("small", 3),
    preset("very-small"),
    Variant(5, 5, 5, 5),
    Variant(3, 4, 3, 2),
    Variant(4, 3, 4, 3),
    Variant(2, 5, 1, 5),
]
FULL_HANDS = [Variant(5, 5, 5, 5)]
NO_MATTER = {
    "version",
    "max_lives",
    "seat",
}  # lives are told as they are; what comes next asks no absolute seat


def games_at(seed: int, turns: int, variants: list[Variant] = VARIANTS) -> Games:
    stream = chance.stream(seed)
    games = Games.shuffled(variants * 3, stream)
    for _ in range(turns):
        games.step(games.random_moves(stream))
        games.redeal_finished(stream)
    return games


def rows_at(seed: int, turns: int, variants: list[Variant] = VARIANTS) -> torch.Tensor:
    return torch.from_numpy(observation.observe(games_at(seed, turns, variants)))


def odds_of(rows: torch.Tensor) -> Odds:
    expansion = Expansion(Largest())
    return expansion.odds_of(rows, expansion.hands(rows))


def tried(largest: Largest | None = None, seed: int = 1) -> Transformer:
    """A small transformer with weights as after some learning: none of them, bias or not, is 0."""
    torch.manual_seed(seed)
    network = Transformer(largest or Largest(), width=32, heads=2, layers=2)
    with torch.no_grad():
        for weights in network.parameters():
            weights += 0.1 * torch.randn_like(weights)
    return network


def chances(games: Games, g: int, place: int, seen: list[int]) -> list[float]:
    """How likely a card is of each kind: copies not seen anywhere, if hints leave the kind possible."""
    game, variant = games.table[g], games.variants[g]
    left = [0] * 25
    for colour, rank in np.ndindex(variant.colours, variant.ranks):
        kind = 5 * colour + rank
        gone = int(game["discards"][kind]) + (int(game["stacks"][colour]) > rank) + seen.count(kind)
        possible = int(game["colours_left"][place]) >> colour & int(game["ranks_left"][place]) >> rank & 1
        left[kind] = (copies(rank, variant.ranks) - gone) * possible
    return [count / sum(left) for count in left]


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_beliefs_count_the_cards_that_can_still_be_there(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    beliefs = odds_of(torch.from_numpy(observation.observe(games))).beliefs
    for g, variant in enumerate(games.variants):
        game, players = games.table[g], variant.players
        hands = [  # from the observer on, as places in the deck
            game["hands"][seat * variant.hand_size :][: game["held"][seat]]
            for seat in (np.arange(players) + games.to_move[g]) % players
        ]
        seen = [int(game["deck"][place]) for hand in hands[1:] for place in hand]
        for seat, hand in enumerate(hands):
            for slot, place in enumerate(hand):
                wanted = chances(games, g, int(place), [] if seat else seen)
                assert beliefs[g, seat, slot].tolist() == pytest.approx(wanted, abs=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_what_kinds_are_worth_is_what_the_game_says(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    told = odds_of(torch.from_numpy(observation.observe(games))).worth.bool()
    for g, variant in enumerate(games.variants):
        for kind in range(25):
            exists = kind // 5 < variant.colours and kind % 5 < variant.ranks
            gone = exists and is_lost(games.table[g], *divmod(kind, 5))
            meaning = Worth.DEAD if gone else worth(games.table[g], kind) if exists else None
            marks = [meaning is m for m in (Worth.PLAYS, Worth.DEAD, Worth.LAST)]
            assert told[g, kind].tolist() == marks


@settings(max_examples=10)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_cards_carry_what_they_are_worth_and_may_be_worth(seed: int, turns: int) -> None:
    rows = rows_at(seed, turns)
    cards, odds = Expansion(Largest())(rows).cards, odds_of(rows)
    for g, seat, slot in np.argwhere(field(rows, "cards")[:, : cards.shape[1]].numpy()):
        code = int(field(rows, "cards")[g, seat, slot])
        seen = odds.worth[g, code - 1] if seat else torch.zeros(3)
        hoped = odds.beliefs[g, seat, slot] @ odds.worth[g]
        assert cards[g, seat, slot, 50:56].tolist() == pytest.approx([*seen, *hoped], abs=1e-6)


def test_own_cards_are_of_no_kind() -> None:
    cards = Expansion(Largest())(rows_at(0, 9)).cards
    assert not cards[:, 0, :, :25].any()
    assert cards[:, 1:, :, :25].any()


def changed(row: np.ndarray, name: str, at: int) -> np.ndarray:
    """The row with one byte of a field changed, to something that the field may hold."""
    row = row.copy()
    cell = row.view(ROW)[name].reshape(-1)[at : at + 1]
    match name:
        case "hint_age":
            cell[:] = 0 if cell[0] else 1
        case "cards":
            cell[:] = cell[0] % 25 + 1
        case "players" | "colours" | "ranks" | "hand_size":
            cell[:] -= 1
        case "last" if at % 5 in (0, 3):  # who, what
            cell[:] = 2 if cell[0] == 1 else 1
        case _:
            cell[:] ^= 1
    return row


def bytes_that_matter() -> list[tuple[str, int]]:
    sizes = {name: ROW[name].itemsize for name in ROW.names or ()}
    first = {"cards": 5}  # one's own are not seen
    return [
        (name, at) for name in sizes if name not in NO_MATTER for at in range(first.get(name, 0), sizes[name])
    ]


def test_each_byte_that_may_matter_moves_the_values() -> None:
    network = tried()
    before = next(r for r in rows_at(3, 14, FULL_HANDS).numpy() if r.view(ROW)["cards"].all())
    before.view(ROW)["deck_left"] = 0  # only then turns are counted
    silent = []
    for name, at in bytes_that_matter():
        after = changed(before, name, at)
        if (values_of(network, after[None]) == values_of(network, before[None])).all():
            silent.append((name, at))
    assert silent == [], "bytes that may be changed without notice"


@pytest.mark.parametrize("name", sorted(NO_MATTER))
def test_what_does_not_matter_moves_nothing(name: str) -> None:
    network, before = tried(), rows_at(3, 14).numpy()
    after = before.copy()
    after.view(ROW)[name] ^= 1
    assert (values_of(network, after) == values_of(network, before)).all()


@pytest.mark.parametrize("turns", [0, 2, 30])
def test_values_and_beliefs_do_not_depend_on_the_rest_of_the_batch(turns: int) -> None:
    network, rows = tried(), rows_at(turns, turns)
    together = network(rows)
    for g in range(len(rows)):
        alone = network(rows[g : g + 1])
        assert torch.allclose(together.values[g], alone.values[0], atol=1e-5)
        assert torch.allclose(together.beliefs[g], alone.beliefs[0], atol=1e-5)


@pytest.mark.parametrize("name", ["colours_left", "ranks_left", "hint_age"])
def test_no_card_says_nothing(name: str) -> None:
    network, before = tried(), rows_at(5, 3)
    after = before.clone()
    nothing = field(after, "cards") == 0
    assert nothing.any()
    field(after, name)[nothing] = 63
    assert torch.equal(network(after).values, network(before).values)
    assert torch.equal(network(after).beliefs, network(before).beliefs)


def test_a_move_that_was_not_made_says_nothing() -> None:
    network, before = tried(), rows_at(5, 2)
    after = before.clone()
    field(after, "last")[:, 2:, 1:] = 3
    assert torch.equal(network(after).values, network(before).values)


def test_illegal_moves_are_never_the_best() -> None:
    rows = rows_at(5, 5).numpy()
    values, legal = values_of(tried(), rows), observation.legal_mask(rows)
    assert values.shape == (len(rows), MOVES)
    assert (values[~legal] == IMPOSSIBLE).all()
    assert legal[np.arange(len(rows)), values.argmax(axis=1)].all()


def test_a_card_is_judged_by_its_token_and_a_hint_by_the_hand_it_names() -> None:
    network = tried()
    thoughts = network.body(rows_at(5, 5, FULL_HANDS))
    thoughts.cards.requires_grad_()
    advantages = network.appraise(thoughts)[1]
    for move, (seat, slot) in ((1, (0, 1)), (5 + 3, (0, 3)), (10 + 2 * 5, (3, None)), (30 + 4, (1, None))):
        moved = torch.autograd.grad(advantages[0, move], thoughts.cards, retain_graph=True)[0][0].any(-1)
        wanted = torch.zeros(5, 5, dtype=torch.bool)
        wanted[seat, slot if slot is not None else slice(None)] = True
        assert torch.equal(moved, wanted)


def test_every_weight_is_learned() -> None:
    torch.manual_seed(0)
    network = Transformer(Largest(), width=16, heads=2, layers=2)
    output = network(rows_at(2, 12))
    (output.values.clamp(min=-1).square().sum() + output.beliefs.square().sum()).backward()
    for name, weights in network.named_parameters():
        assert weights.grad is not None, name
        assert weights.grad.any(), name


def test_all_that_is_kept_are_weights_in_the_order_of_the_parameters() -> None:
    network = tried()
    assert list(network.state_dict()) == [name for name, _ in network.named_parameters()]


def test_the_first_values_lie_near_0() -> None:
    torch.manual_seed(0)
    rows = rows_at(1, 10).numpy()
    values = values_of(Transformer(Largest()), rows)[observation.legal_mask(rows)]
    assert 0 < np.abs(values).max() < 0.8


def test_the_same_seed_gives_the_same_values() -> None:
    rows = rows_at(1, 10).numpy()
    assert (values_of(tried(seed=4), rows) == values_of(tried(seed=4), rows)).all()
    assert (values_of(tried(seed=4), rows) != values_of(tried(seed=5), rows)).any()


def test_a_network_for_small_games_has_fewer_weights() -> None:
    largest = Largest(players=3, colours=2, ranks=3, hand_size=2)
    games = [Variant(2, 1, 3, 1), Variant(3, 2, 3, 2), Variant(2, 2, 2, 2)]
    small, large = tried(largest), tried()
    assert sum(w.numel() for w in small.parameters()) < sum(w.numel() for w in large.parameters())
    rows = rows_at(0, 4, games).numpy()
    legal = observation.legal_mask(rows)
    assert legal[np.arange(len(rows)), values_of(small, rows).argmax(axis=1)].all()


def test_heads_must_divide_the_width() -> None:
    with pytest.raises(ModelError, match="num_heads = 3 does not divide d_model = 32"):
        Transformer(Largest(), width=32, heads=3)


def test_a_transformer_can_learn_positions_by_heart() -> None:
    torch.manual_seed(0)
    rows = rows_at(3, 3)
    network = Transformer(Largest(), width=32, heads=2, layers=2)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    wanted = torch.linspace(-1, 1, len(rows))
    for _ in range(150):
        loss = (network(rows).values.max(1).values - wanted).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 1e-2


def test_it_is_built_from_a_section() -> None:
    section = ModelSection(
        max_players=3, max_colors=4, max_ranks=3, max_hand_size=2, d_model=24, num_heads=3, num_layers=5
    )
    network = build(section)
    assert isinstance(network, Transformer)
    assert network.expansion.largest == Largest(players=3, colours=4, ranks=3, hand_size=2)
    assert [block.heads for block in network.blocks] == [3] * 5
    assert network.of_seat.shape == (3, 1, 24)
