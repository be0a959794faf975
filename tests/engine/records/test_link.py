"""Links hold a whole game in hanab.live's own code."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_game import random_game

from engine import Variant, chance, preset
from engine.errors import RecordingError
from engine.records import hanablive, link
from engine.records.recording import Recording, Stop

# A perfect game of four, as another project's encoder wrote it for hanab.live.
WORKED = (
    "415pagnsvvmkcjbqfqph-drurfleyguthflinwxdi-awmkscaoxpbuk,03ocka-eiepkcgdoaeoebtdeles-sbeeejxafaewwaereteh-"
    "exeneckaeqfme5saekfv-e1ffxaf0edegfuf4fBeC-1af7eIwaf3wae8fzwafA-ey,0"
)
games = st.builds(
    lambda players, colours, seed: random_game(Variant(players, colours), chance.stream(seed)),
    st.integers(2, 5),
    st.integers(3, 5),
    st.integers(0, 2**32),
)


def test_a_link_from_elsewhere_is_read_and_written_letter_by_letter() -> None:
    recording = link.decode(WORKED)
    assert (recording.variant, len(recording.moves)) == (preset("full", 4), 53)
    assert recording.positions[-1]["points"] == 25
    assert link.encode(recording) == WORKED


@settings(max_examples=80)
@given(games, st.floats(0, 1), st.just("") | st.from_regex(r"p2v0s[A-Za-z0-9-]{0,20}", fullmatch=True))
def test_any_game_comes_back_equal_from_its_link(game: Recording, part: float, seed: str) -> None:
    recording = replace(game, moves=game.moves[: 1 + int(part * (len(game.moves) - 1))], seed=seed)
    assert link.decode(link.ADDRESS + link.encode(recording)) == recording


@pytest.mark.parametrize(
    "address",
    [
        f"https://hanab.live/shared-replay-json/{WORKED}",
        f"https://hanab.live/replay-json/{WORKED}/",
        f"http://www.hanab.live/replay-json/{WORKED}?x=1#30",
        f"  {WORKED}#30\n",
        f"{WORKED},",
    ],
)
def test_whole_addresses_and_bare_codes_are_the_same(address: str) -> None:
    assert link.decode(address) == link.decode(WORKED)


def test_the_turn_in_a_link_counts_from_1() -> None:
    assert [link.turn(WORKED + end) for end in ("", "#1", "#30", "#x", "#-1")] == [0, 0, 29, 0, 0]


def test_what_a_link_cannot_carry_is_left_out() -> None:
    game = random_game(preset("full"), chance.stream(1))
    rich = replace(
        game, moves=game.moves[:5], players=("Ada", "Bob"), notes=(("x",),), seed="a b", stop=Stop(10)
    )
    assert link.decode(link.encode(rich)) == replace(game, moves=game.moves[:5])
    assert link.left_out(rich) == ["the names", "the notes", "the seed", "why it was stopped"]
    assert link.left_out(replace(game, number=7)) == ["the game's number"]
    assert link.left_out(game) == []


def test_a_seed_that_hanab_live_would_shuffle_otherwise_is_not_shown_to_it() -> None:
    game = random_game(preset("full"), chance.stream(1))
    for seed in ("evaluation-1000003-deck-1", "123", "p2v0s7 from seat 1 on"):
        ours = replace(game, seed=seed)
        assert link.encode(ours) == link.encode(game)
        assert link.left_out(ours) == ["the seed"]
        assert '"seed"' not in hanablive.dump(ours)
        assert hanablive.load(hanablive.dump(ours), "game.json") == ours
    assert link.encode(replace(game, seed="p2v0s7")) == f"{link.encode(game)},p2v0s7"


def test_a_game_without_a_move_has_no_link() -> None:
    game = random_game(preset("full"), chance.stream(1))
    with pytest.raises(RecordingError, match="no move was made yet"):
        link.encode(replace(game, moves=()))


def test_the_address_of_a_game_can_point_at_a_turn() -> None:
    game = link.decode(WORKED)
    assert link.address(game) == link.address(game, 0) == link.ADDRESS + WORKED
    assert [link.turn(link.address(game, turn)) for turn in (1, 53)] == [1, 53]
    with pytest.raises(RecordingError, match="turn 54: this game has turns 0 to 53"):
        link.address(game, 54)


@pytest.mark.parametrize(
    "variant", [preset("small"), Variant(2, hand_size=4), Variant(2, ranks=4), Variant(2, info_tokens=7)]
)
def test_a_variant_that_no_link_can_name_is_refused(variant: Variant) -> None:
    with pytest.raises(RecordingError, match="save it as a file instead"):
        link.encode(random_game(variant, chance.stream(1)))


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "link: 1 parts between commas given; allowed: 3 or 4"),
        ("215abcde,00ba,0", "link: deck: 5 cards given; full, 2 players has 50"),  # hanab.live's own test
        ("a15,00,0", r"link: deck\[0\]: 'a' given; allowed: a digit"),
        ("615,00,0", r"link: deck\[0\]: 6 players given; allowed: 2 to 5"),
        ("251,00,0", r"link: deck\[1:3\]: ranks 5 to 1 given"),
        ("215é,00,0", r"link: deck\[3\]: 'é' given"),
        ("215,30,0", r"link: actions\[0:2\]: types 3 to 0 given"),
        ("215,0,0", r"link: actions\[1\]: 'nothing' given; allowed: a digit"),
        ("215,00a,0", "link: actions: 3 characters; two for each action"),
        ("215,00,1", r"link: variant '1' given; allowed: 0 \(No Variant\), 15 \(4 Suits\), 18 \(3 Suits\)"),
        ("215,00,0,a,b", "link: 5 parts"),
        (WORKED[:100], "link: 2 parts"),
        ("x" * 6000, "link: 6000 characters given; allowed: at most 5000"),
        ("https://hanab.live/replay/12345#3", "only names game 12345.*hanab.live/export/12345"),
        ("https://example.com/", "holds no game"),
        ("https://[", "is no address"),
    ],
)
def test_a_bad_link_is_refused_by_the_place(code: str, message: str) -> None:
    with pytest.raises(RecordingError, match=message):
        link.decode(code)


@settings(max_examples=200)
@given(st.data())
def test_a_link_cut_or_bent_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(WORKED)))
    bent = (
        WORKED[:start] + data.draw(st.text(max_size=3)) + WORKED[data.draw(st.integers(start, len(WORKED))) :]
    )
    try:
        assert link.decode(bent).variant.players >= 2
    except RecordingError as error:
        assert str(error).startswith("link: ")


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        (WORKED, True),
        ("https://x", True),
        ("game.json", False),
        ("215,00,0", True),
        ("2024-games,a,b.json", False),
    ],
)
def test_links_look_unlike_files(text: str, is_link: bool) -> None:
    assert link.looks_like_link(text) == is_link
