"""A table: games laid on it, played, judged and saved."""

import io
import subprocess
import sys
from pathlib import Path

import made_checkpoint
import msgspec
import numpy as np
import pytest
from random_game import random_game

from engine import Variant, chance, preset
from engine.players.bots import find
from engine.players.evaluation import record
from engine.records import hanablive, link
from engine.records.recording import Recording
from engine.settings.config import Config
from engine.settings.config_file import to_toml
from hanabi_tui.table import messages as m
from hanabi_tui.table.host import Host, serve

FULL = preset("full")


@pytest.fixture(scope="module")
def game() -> Recording:
    return record([find("cautious")], FULL, 1, ["Alice", "Bob"])


@pytest.fixture
def file(game: Recording, tmp_path: Path) -> Path:
    path = tmp_path / "a game.json"
    path.write_text(hanablive.dump(game))
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run")
    made_checkpoint.save(path, step=7)
    return path


def laid(host: Host, **deal: object) -> m.Game:
    reply = host.answer(m.Deal(number=1, **deal))  # type: ignore[arg-type]
    assert isinstance(reply, m.Laid), reply
    return reply.game


def judged(host: Host, agent: str, since: int = 0) -> m.Judged:
    reply = host.answer(m.Judge(number=1, agent=agent, since=since))
    assert isinstance(reply, m.Judged), reply
    return reply


def refused(host: Host, request: m.Request) -> str:
    reply = host.answer(request)
    assert isinstance(reply, m.Refused), reply
    return reply.why


def test_an_opened_game_has_every_turn_with_its_moves(file: Path, game: Recording) -> None:
    reply = Host().answer(m.Open(number=9, source=str(file)))
    assert isinstance(reply, m.Laid)
    assert reply.number == 9
    assert [turn.made for turn in reply.game.turns] == [*game.moves, -1]
    assert reply.game.title == "a game.json"
    for turn in reply.game.turns[:-1]:
        assert turn.made in [choice.move for choice in turn.choices]
    assert reply.game.turns[-1].position.over
    assert not reply.game.turns[-1].choices


def test_beliefs_from_the_cards_count_what_the_player_cannot_see(file: Path, game: Recording) -> None:
    host = Host()
    host.answer(m.Open(number=1, source=str(file)))
    found = judged(host, "")
    assert len(found.appraisals) == len(game.moves) + 1
    first = found.appraisals[0].beliefs
    other = np.bincount(game.deck[5:10], minlength=25)  # Bob's hand: all that Alice sees
    hidden = np.bincount(FULL.full_deck, minlength=25) - other
    assert np.allclose(first[0], hidden / hidden.sum(), atol=0.001)
    for each, turn in zip(found.appraisals, game.positions, strict=True):
        assert len(each.beliefs) == turn["held"][turn["to_move"]]
        assert np.allclose([sum(card) for card in each.beliefs], 1, atol=0.02)
        assert not each.values


def test_a_checkpoint_values_every_legal_move_and_ranks_the_one_made(file: Path, run: Path) -> None:
    host = Host()
    reply = host.answer(m.Open(number=1, source=str(file)))
    assert isinstance(reply, m.Laid)
    found = judged(host, str(run))
    assert found.agent.endswith("@7")
    losses = []
    for turn, each in zip(reply.game.turns[:-1], found.appraisals, strict=False):
        assert set(each.values) == {choice.move for choice in turn.choices}
        assert list(each.values.values()) == sorted(each.values.values(), reverse=True)
        assert list(each.values)[each.rank - 1] == turn.made
        best = next(iter(each.values.values()))
        assert each.loss == pytest.approx(best - each.values[turn.made], abs=0.002)
        losses.append(each.loss)
    assert max(losses) > 0
    assert not found.appraisals[-1].values
    assert judged(host, str(run), since=5).appraisals == found.appraisals[5:]


def test_an_agent_loses_nothing_by_its_own_moves_and_points_explain_its_hopes(run: Path) -> None:
    host = Host()
    laid(host, seats=(str(run), str(run)), seed="3")
    own = judged(host, str(run)).appraisals
    assert all(each.rank == 1 and each.loss == 0 for each in own[:-1])
    hoped = next(iter(own[0].values.values()))
    # what was expected at first is what came, and what was lost of it on the way
    score = host._present.turns()[-1].position.score
    assert hoped == pytest.approx(score + sum(each.fall for each in own), abs=0.2)


def test_a_game_with_large_hands_is_shown_and_not_judged(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "six.json"
    path.write_text(hanablive.dump(random_game(Variant(2, hand_size=6), chance.stream(1))))
    host = Host()
    assert isinstance(host.answer(m.Open(number=1, source=str(path))), m.Laid)
    found = judged(host, str(run))
    assert "more than 5 cards" in found.remark
    assert not any(each.values or each.beliefs for each in found.appraisals)


def test_a_trained_belief_head_is_asked_and_believes_nothing_impossible(
    file: Path, run: Path, tmp_path: Path
) -> None:
    made_checkpoint.save(tmp_path / "other", step=1)
    config = to_toml(Config()).replace("belief_weight = 0.0", "belief_weight = 0.5")
    (tmp_path / "other" / "config.toml").write_text(config)
    host = Host()
    host.answer(m.Open(number=1, source=str(file)))
    plain, trained = judged(host, str(run)), judged(host, str(tmp_path / "other"))
    assert "visible cards" in plain.source
    assert "belief head" in trained.source
    assert plain.appraisals[9].beliefs != trained.appraisals[9].beliefs
    for cards, head in zip(plain.appraisals, trained.appraisals, strict=True):
        for before, after in zip(cards.beliefs, head.beliefs, strict=True):
            assert sum(after) == pytest.approx(1, abs=0.02)
            assert all(share == 0 for share, possible in zip(after, before, strict=True) if possible == 0)


def test_a_person_plays_the_others_answer_and_moves_can_be_taken_back() -> None:
    host = Host()
    game = laid(host, seats=("cautious", "you", "cautious"), seed="5")
    assert game.people == (1,)
    assert game.names == ("cautious 1", "You", "cautious 2")
    assert len(game.turns) == 2  # seat 0 has moved
    went = host.answer(m.Make(number=2, deed="play", slot=0))
    assert isinstance(went, m.Went)
    assert went.since == 1
    assert len(went.turns) == 4  # mine, the two others', and the present
    assert went.turns[-1].position.to_move == 1
    back = host.answer(m.TakeBack(number=3))
    assert isinstance(back, m.Went)
    assert (back.since, len(back.turns)) == (1, 1)
    assert back.turns[0].position == game.turns[1].position
    again = host.answer(m.Make(number=4, deed="play", slot=0))
    assert isinstance(again, m.Went)
    assert again.turns == went.turns
    host.answer(m.TakeBack(number=5))
    assert refused(host, m.TakeBack(number=6)) == "there is no move of yours to take back"


def test_an_agent_of_ones_own_takes_a_seat_and_what_it_prints_is_no_answer(tmp_path: Path) -> None:
    file = tmp_path / "mybot.py"
    file.write_text(
        "from engine.players.bots.cautious import Cautious\n\nprint('loaded')\n\n"
        "class Mine(Cautious):\n    def act(self, games, stream):\n"
        "        print('asked')\n        return super().act(games, stream)\n"
    )
    table = subprocess.run(
        [sys.executable, "-m", "hanabi_tui.table"],
        input=m.encode(m.Deal(number=4, seats=(f"{file}:Mine", "you"), seed="5")),
        capture_output=True,
        check=True,
    )
    (line,) = table.stdout.splitlines()
    reply = m.reply_of(line)
    assert isinstance(reply, m.Laid), reply
    assert reply.game.names == ("mybot.py:Mine", "You")
    assert table.stderr.decode().splitlines()[-2:] == ["loaded", "asked"]
    why = refused(Host(), m.Deal(number=1, seats=(f"{file}:Yours", "you")))
    assert why.endswith("mybot.py has no Yours; its classes: Mine")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("self.cards[3]", "/mybot.py:8: AttributeError: 'Fails' object has no attribute 'cards'"),
        ("np.full(1, -1)", "game 0: Fails in seat 1 passed; a player must move"),
        ("np.full(1, 99)", "turn 3): move 99 (there are only ids 0 to 19) is not legal"),
    ],
)
def test_an_agent_that_fails_is_named_and_the_game_stands_where_it_stood(
    answer: str, why: str, tmp_path: Path
) -> None:
    file = tmp_path / "mybot.py"
    file.write_text(
        "import numpy as np\n\nfrom engine.players.bots.cautious import Cautious\n\n"
        "class Fails(Cautious):\n    def act(self, games, stream):\n        if games.table['turn'][0] == 3:\n"
        f"            return {answer}\n        return super().act(games, stream)\n"
    )
    host = Host()
    game = laid(host, seats=("you", f"{file}:Fails"), seed="5")
    first = host.answer(m.Make(number=2, deed="play", slot=0))
    for card in (0, 1):  # the second time as the first: nothing of it has happened
        said = refused(host, m.Make(number=3, deed="play", slot=card))
        assert why in said
    back = host.answer(m.TakeBack(number=4))
    assert isinstance(first, m.Went)
    assert isinstance(back, m.Went)
    assert (back.since, back.turns[0].position) == (0, game.turns[0].position)
    assert host.answer(m.Make(number=2, deed="play", slot=0)) == first


def test_a_player_is_found_at_home(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(run.parent))
    game = laid(Host(), seats=("you", f"~/{run.name}"), seed="5")
    assert game.names == ("You", "step 7")


def test_a_seed_decides_the_deck() -> None:
    decks = [
        [
            card.name
            for hand in laid(Host(), seats=("you", "cautious"), seed=seed).turns[0].position.hands
            for card in hand
        ]
        for seed in ("5", "5", "6")
    ]
    assert decks[0] == decks[1] != decks[2]


def test_what_is_not_allowed_is_refused_in_words_and_changes_nothing(tmp_path: Path, file: Path) -> None:
    host = Host()
    assert "no game is on the table" in refused(host, m.TakeBack(number=1))
    game = laid(host, seats=("you", "cautious"), seed="5")
    hand = {card.name[0] for card in game.turns[0].position.hands[1]}
    missing = next(letter for letter in "RYGWB" if letter not in hand)
    small = tmp_path / "small"
    model = msgspec.structs.replace(made_checkpoint.SMALL, max_hand_size=2)
    made_checkpoint.save(small, model=model)
    for request, words in (
        (m.Make(number=1, deed="discard", slot=0), "all 8 information tokens are there"),
        (m.Make(number=1, deed="play", slot=7), "slots 1 to 5"),
        (m.Make(number=1, deed="burn"), "allowed are play"),
        (m.Make(number=1, deed="colour", target=0, value="R"), "for another player"),
        (m.Make(number=1, deed="colour", target=1, value="Z"), "allowed are R, Y"),
        (m.Make(number=1, deed="colour", target=1, value=missing), "that hand holds no"),
        (m.Deal(number=1, seats=("you",)), "2 to 5 players"),
        (m.Deal(number=1, seats=("you", "nobody")), "'nobody' is no agent"),
        (m.Deal(number=1, seats=("you", "hat"), seed="x"), "whole numbers from 0"),
        (m.Deal(number=1, seats=("you", "hat"), variant="huge"), "allowed are full"),
        (m.Open(number=1, source=str(tmp_path)), "is a directory"),
        (m.Open(number=1, source=str(tmp_path / "none")), "no such file"),
        (m.Judge(number=1, agent=str(tmp_path / "none")), "no such folder"),
        (m.Judge(number=1, agent=str(small)), "up to 2 cards in hand"),
        (m.Save(number=1, path=str(tmp_path / "none" / "x.json")), "there is no folder"),
    ):
        assert words in refused(host, request), request
    assert host._present.turns()[0].position == game.turns[0].position
    host.answer(m.Open(number=1, source=str(file)))
    assert "it can be looked at" in refused(host, m.Make(number=1, deed="play", slot=0))


def test_a_saved_game_opens_again_and_its_link_holds_it(tmp_path: Path) -> None:
    host = Host()
    game = laid(host, seats=("cautious", "cautious"), seed="5")
    reply = host.answer(m.Save(number=1, path=str(tmp_path / "kept.json"), turn=3))
    assert isinstance(reply, m.Saved)
    assert reply.link.endswith("#4")
    assert not reply.replaced
    saved = hanablive.load((tmp_path / "kept.json").read_bytes(), "kept")
    assert list(saved.moves) == [turn.made for turn in game.turns[:-1]]
    assert link.decode(reply.link).moves == saved.moves
    laid(host, seats=("cautious", "cautious"), variant="small")
    small = host.answer(m.Save(number=1))
    assert isinstance(small, m.Saved)
    assert (small.link, small.path) == ("", "")
    assert "no link" in small.remark


def test_lines_are_answered_one_by_one_until_they_end() -> None:
    lines = [
        m.encode(m.TakeBack(number=4)),
        b"nonsense\n",
        b"x" * (3 * m.LONGEST) + b"\n",
        m.encode(m.TakeBack(number=5)),
    ]
    replies = io.BytesIO()
    serve(io.BytesIO(b"".join(lines)), replies)
    answered = [m.reply_of(line) for line in replies.getvalue().splitlines()]
    assert [reply.number for reply in answered] == [4, -1, -1, 5]
