"""Tokens look at each other: what they are told of a row, and what may move them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Games, Variant, chance, observation, preset
from engine.features import Layout, expand
from engine.network import IMPOSSIBLE, MOVES, values_of
from engine.observation import ROW
from engine.tokens import Expansion, Largest, field
from engine.transformer import ModelError, Transformer
from engine.worth import Worth, is_lost, worth

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


def tried(largest: Largest | None = None, seed: int = 1) -> Transformer:
    """A small transformer with weights as after some learning: none of them, bias or not, is 0."""
    torch.manual_seed(seed)
    network = Transformer(largest or Largest(), width=32, heads=2, layers=2)
    with torch.no_grad():
        for weights in network.parameters():
            weights += 0.1 * torch.randn_like(weights)
    return network


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_beliefs_are_the_numbers_of_the_features(seed: int, turns: int) -> None:
    rows, layout = rows_at(seed, turns), Layout(5)
    records = observation.read(rows.numpy())
    own, others = np.split(expand(rows.numpy(), layout), layout.starts[1:3], axis=1)[:2]
    own, others = own.reshape(len(rows), 5, -1), others.reshape(len(rows), 4, 5, -1)
    beliefs = Expansion(Largest()).odds(rows).beliefs.numpy()
    for g, record in enumerate(records):
        for slot in np.flatnonzero(record["cards"][0]):
            assert beliefs[g, 0, slot].tolist() == own[g, slot, :25].tolist()
        for seat, slot in np.argwhere(record["cards"][1:]):
            assert beliefs[g, seat + 1, slot].tolist() == others[g, seat, slot, 25:50].tolist()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_what_kinds_are_worth_is_what_the_game_says(seed: int, turns: int) -> None:
    games = games_at(seed, turns)
    told = Expansion(Largest()).odds(torch.from_numpy(observation.observe(games))).worth.bool()
    for g, variant in enumerate(games.variants):
        for kind in range(25):
            exists = kind // 5 < variant.colours and kind % 5 < variant.ranks
            gone = exists and is_lost(games.table[g], *divmod(kind, 5))
            meaning = Worth.DEAD if gone else worth(games.table[g], kind) if exists else None
            marks = [meaning is m for m in (Worth.PLAYS, Worth.DEAD, Worth.LAST)]
            assert told[g, kind].tolist() == marks


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_cards_carry_their_worth_as_in_the_features(seed: int, turns: int) -> None:
    rows, layout = rows_at(seed, turns), Layout(5)
    own, others = np.split(expand(rows.numpy(), layout), layout.starts[1:3], axis=1)[:2]
    cards, held = (t.numpy() for t in Expansion(Largest())(rows)[1:4:2])
    wanted_own, wanted_others = own.reshape(-1, 5, 46)[..., 35:38], others.reshape(-1, 4, 5, 71)[..., 60:63]
    assert cards[:, 0, :, 53:56][held[:, 0]] == pytest.approx(wanted_own[held[:, 0]], abs=1e-6)
    assert (cards[:, 1:, :, 50:53][held[:, 1:]] == wanted_others[held[:, 1:]]).all()


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
