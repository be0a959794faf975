"""Lines of text that tell what a run does."""

import math
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from some_events import OTHERS, evaluated, progress

from engine.contracts.events import Begun, Event, Notice, Progress, Score, StateChanged, metrics
from engine.contracts.figures import in_words
from engine.contracts.log_lines import COLUMNS, PARTS, Lines, line, mean_since

AT_WORK = progress(
    1240,
    games=231_000,
    games_per_second=1530.2,
    samples=14_200_000,
    samples_per_second=98_123.0,
    trained=12_700_000,
    trained_per_second=52_000.0,
    loss=0.412,
    belief_loss=0.0,
    training_score=17.3,
    replay_fill=1.0,
    weights_age=1.2,
    remaining=2460.0,
)


@pytest.fixture(autouse=True)
def in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (
            AT_WORK,
            "step  12,400  games  231 k (1,530/s)  samples 14.2 M ( 98 k/s)  trained 12.7 M ( 52 k/s)  "
            "loss 0.412  score 17.3  weights 1.2 s  41 min left",
        ),
        (
            msgspec.structs.replace(
                AT_WORK, loss=math.nan, training_score=math.nan, remaining=math.nan, replay_fill=0.5
            ),
            "step  12,400  games  231 k (1,530/s)  samples 14.2 M ( 98 k/s)  trained 12.7 M ( 52 k/s)  "
            "loss     –  score    –  replay 50 %  weights 1.2 s",
        ),
        (
            evaluated(1240, 21.87),
            "evaluation at step 12,400: 2 players 21.87 ± 0.05 (best so far), 10 % perfect, 2.0 % struck out",
        ),
        (
            msgspec.structs.replace(evaluated(1240, 21.87, 20.0), best=False, final=True),
            "last evaluation at step 12,400: mean 20.94; 2 players 21.87 ± 0.05, 3 players 20.00 ± 0.05",
        ),
        (
            evaluated(1240, 21.87, 20.0, 19.0, 18.0),
            "evaluation at step 12,400: mean 19.72 (best so far); "
            "2 players 21.87, 3 players 20.00, 4 players 19.00, 5 players 18.00",
        ),
        (
            evaluated(1240, *range(20)),
            "evaluation at step 12,400: mean 9.50 (best so far) over 20 variants, 0.00 to 19.00",
        ),
        (
            msgspec.structs.replace(
                evaluated(0),
                scores=(
                    msgspec.structs.replace(
                        evaluated(0, 5.0).scores[0],
                        variant="small, 2 players",
                        perfect=0.00001,
                        struck_out=0.0,
                    ),
                ),
            ),
            "evaluation at step 0: small, 2 players 5.00 ± 0.05 (best so far), 0.1 % perfect, 0 % struck out",
        ),
        (evaluated(0), "evaluation at step 0: nothing was played"),
        (
            StateChanged(time=1e9, step=0, state="paused", reason="disk full:\n no room in /x"),
            "paused: disk full: no room in /x",
        ),
        (StateChanged(time=1e9, step=0, state="training"), "training"),
        (
            Begun(time=1e9, step=12_400, run="r1", pid=7, generation=12_400),
            "run r1 goes on from generation 12,400, in process 7",
        ),
        (
            Begun(
                time=1e9,
                step=0,
                run="r1",
                pid=7,
                generation=-1,
                version="0.1.0",
                commit="3f2a1b9c04d7" + 28 * "e",
                torch="2.9.1",
                numpy="2.3.5",
            ),
            "run r1 begins, in process 7: hanabi-tui 0.1.0 (3f2a1b9c04d7), torch 2.9.1, numpy 2.3.5",
        ),
        (OTHERS[1], "run run-1 begins, in process 12"),
        (OTHERS[2], "generation 10 saved: 123 B in /a/b"),
        (OTHERS[3], "WARNING: a generation is damaged and not used: a checksum, in /a/b"),
        (OTHERS[4], "WARNING: the replay was damaged, 1,024 samples are lost: a block"),
        (
            OTHERS[5],
            "WARNING: worker 3 is lost, a new one takes its place, 512 unfinished games are dropped: silent",
        ),
        (OTHERS[6], "learning_rate is 5e-05 from now on, was 0.0001"),
        (OTHERS[7], "WARNING: one two"),
        (Notice(time=1e9, step=0, text="an \x1b[31mescape"), "an ?[31mescape"),
    ],
)
def test_each_event_is_one_line_that_a_person_understands(event: Event, said: str) -> None:
    event = msgspec.structs.replace(event, time=1e9 + 3_600 * 10)
    assert line(event) == f"11:46:40  {said}"


SOME = st.floats(0, 1e18) | st.just(math.nan)
WHOLE = st.integers(0, 10**9)


NUMBERS = {m.name: WHOLE if m.type is int or m.name == "time" else SOME for m in metrics(Progress)}


@given(st.builds(Progress, **NUMBERS))
def test_a_line_of_progress_is_never_too_wide_and_keeps_its_main_parts(event: Progress) -> None:
    text = line(event)
    assert len(text) <= COLUMNS + 10
    assert "\n" not in text
    for part in PARTS:
        if part.expendable == 0 and part.text(event):
            assert part.text(event) in text


@given(st.lists(st.floats(0, 25), max_size=30), st.sampled_from(["full", "c4r5h5i8l3", "very-small"]))
def test_a_line_of_an_evaluation_is_never_too_wide(means: list[float], variant: str) -> None:
    event = evaluated(10**6, *means)
    scores = tuple(msgspec.structs.replace(score, variant=variant) for score in event.scores)
    assert len(line(msgspec.structs.replace(event, scores=scores))) <= COLUMNS


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.label)
def test_a_part_shows_its_own_fields_and_no_others(part: object) -> None:
    assert hasattr(part, "text")
    shown = msgspec.structs.replace(AT_WORK, belief_loss=1.0, replay_fill=0.5)
    for metric in metrics(Progress):
        other = msgspec.structs.replace(shown, **{metric.name: getattr(shown, metric.name) * 0.3 + 0.01})
        if metric.type is int:
            other = msgspec.structs.replace(shown, **{metric.name: getattr(shown, metric.name) // 3})
        assert (part.text(other) != part.text(shown)) == (metric.name in part.fields), metric.name
    assert part.label in part.text(shown)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 min"),
        (100, "2 min"),
        (2460, "41 min"),
        (6000, "100 min"),
        (7200, "2 hours"),
        (100_000, "28 hours"),
        (200_000, "2 days"),
    ],
)
def test_time_left_is_said_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_progress_is_told_only_now_and_then_and_at_once_at_first() -> None:
    lines = Lines(interval=10.0)
    told = [number for number in range(35) if lines.of(progress(number))]
    assert told == [0, 10, 20, 30]
    lines.interval = 1.0
    assert lines.of(progress(35))


def test_other_events_are_told_at_once_and_a_change_of_state_brings_what_waits() -> None:
    lines = Lines(interval=10.0)
    assert lines.of(progress(0)) == (line(progress(0)),)
    assert lines.of(progress(3)) == ()
    assert lines.of(OTHERS[2]) == (line(OTHERS[2]),)
    waited, state = lines.of(OTHERS[0])
    assert "step      30" in waited
    assert state == line(OTHERS[0])
    assert lines.of(OTHERS[0]) == (line(OTHERS[0]),)


def test_a_clock_that_was_set_back_does_not_silence_a_run() -> None:
    lines = Lines(interval=10.0)
    lines.of(progress(20))
    assert lines.of(progress(21, time=5.0))


def test_a_run_that_went_back_is_told_from_there() -> None:
    lines = Lines(interval=10.0)
    lines.of(progress(20))
    lines.of(progress(21))
    assert lines.of(progress(5)) == (line(progress(5)),)


def test_a_line_tells_the_means_over_all_the_time_since_the_last() -> None:
    before = progress(0, seconds=0.0, games=0, samples=0, trained=0)
    quick = progress(1, seconds=1.0, games=300, samples=1000, trained=0, loss=1.0, training_score=10.0)
    slow = progress(
        4, seconds=10.0, games=400, samples=2000, trained=500, loss=2.0, training_score=20.0
    )  # three times the steps, a third of the games
    mean = mean_since(before, [quick, slow])
    assert (mean.games_per_second, mean.samples_per_second, mean.trained_per_second) == (40.0, 200.0, 50.0)
    assert mean.loss == pytest.approx((10 * 1.0 + 30 * 2.0) / 40)
    assert mean.training_score == pytest.approx((300 * 10.0 + 100 * 20.0) / 400)
    assert (mean.step, mean.games, mean.weights_age) == (40, 400, slow.weights_age)


def test_what_is_unknown_counts_for_nothing() -> None:
    before, idle = progress(0, games=0), progress(1, step=0, games=0, loss=math.nan, training_score=math.nan)
    assert math.isnan(mean_since(before, [idle, idle]).loss)
    busy = progress(2, games=10, loss=0.5, training_score=7.0)
    mean = mean_since(before, [idle, busy])
    assert (mean.loss, mean.training_score) == (0.5, 7.0)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 1000)), min_size=1, max_size=20))
def test_told_rates_add_up_to_the_total(pieces: list[tuple[int, int]]) -> None:
    before = progress(0, seconds=0.0, games=0, samples=0, trained=0)
    since, games, seconds = [], 0, 0.0
    for number, (more, tenths) in enumerate(pieces, start=1):
        games, seconds = games + more, seconds + tenths / 10
        since.append(progress(number, seconds=seconds, games=games, games_per_second=more / (tenths / 10)))
    mean = mean_since(before, since)
    assert mean.games_per_second * seconds == pytest.approx(games)


def test_a_score_of_one_game_has_no_error_and_can_be_told() -> None:
    score = Score(
        variant="full, 2 players",
        players=2,
        games=1,
        mean=3.0,
        error=math.nan,
        kept=3.0,
        perfect=0.0,
        struck_out=0.0,
        best_possible=25,
    )
    assert "3.00 ± –" in line(msgspec.structs.replace(evaluated(1), scores=(score,)))
