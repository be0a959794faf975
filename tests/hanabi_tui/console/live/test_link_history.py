"""How the way to the learner fared, told from events."""

from engine.contracts.events import AnyEvent, GenerationSaved, StateChanged
from hanabi_tui.console.live.link_history import Way, cells, newest, stretches, sums


def entered(time: float, state: str, reason: str = "") -> StateChanged:
    return StateChanged(time=time, step=0, state=state, reason=reason)


GONE = "the learner is gone: silence for 4.5 s"
STORY: tuple[AnyEvent, ...] = (
    entered(100, "starting"),
    entered(110, "collecting"),
    entered(120, "training"),
    entered(200, "paused", GONE),
    entered(201, "paused", "the learner is gone: no answer"),
    entered(260, "training"),
    entered(300, "paused", "asked to"),
    entered(310, "training"),
    entered(400, "stopping"),
    entered(405, "stopped"),
)


def test_stretches_follow_each_other_without_a_gap() -> None:
    history = stretches(STORY, 500)
    assert [(each.way, each.start, each.end) for each in history] == [
        (Way.PAUSED, 100, 110),
        (Way.UP, 110, 200),
        (Way.GONE, 200, 260),
        (Way.UP, 260, 300),
        (Way.PAUSED, 300, 310),
        (Way.UP, 310, 405),
        (Way.OFF, 405, 500),
    ]
    assert history[2].why == "the learner is gone: no answer"  # the newest reason
    assert newest(history, Way.GONE) == history[2]


def test_a_run_that_was_killed_was_none_from_its_last_sign_on() -> None:
    events = (*STORY[:3], GenerationSaved(time=150, step=1, path="a", size=1), entered(300, "starting"))
    history = stretches(events, 310)
    assert [(each.way, each.start, each.end) for each in history][1:] == [
        (Way.UP, 110, 150),
        (Way.OFF, 150, 300),
        (Way.PAUSED, 300, 310),
    ]


def test_a_sign_of_any_kind_tells_how_long_a_run_lived_that_was_killed() -> None:
    events = (*STORY[:3], entered(300, "starting"), entered(310, "training"))
    history = stretches(events, 320, signs=(115, 290, 305, 319))
    assert [(each.way, each.start, each.end) for each in history][1:3] == [
        (Way.UP, 110, 290),
        (Way.OFF, 290, 300),
    ]


def test_each_cell_of_a_strip_has_the_worst_of_its_time() -> None:
    history = stretches(STORY, 500)
    strip = cells(history, 0, 500, 10)
    assert strip == (
        None,
        None,
        Way.PAUSED,
        Way.UP,
        Way.GONE,
        Way.GONE,
        Way.PAUSED,
        Way.UP,
        Way.OFF,
        Way.OFF,
    )
    assert cells(history, 0, 500, 1) == (Way.GONE,)
    assert cells(history, 600, 600, 5) == (None,) * 5
    assert cells((), 0, 100, 3) == (None,) * 3


def test_sums_count_what_lies_between_two_moments() -> None:
    totals = sums(stretches(STORY, 500), 230, 305)
    assert totals[Way.GONE] == (30, 1, 30)
    assert totals[Way.UP] == (40, 1, 40)
    assert totals[Way.PAUSED] == (5, 1, 5)
    assert totals[Way.OFF] == (0, 0, 0)


def test_a_clock_that_was_set_back_does_no_harm() -> None:
    history = stretches((entered(100, "training"), entered(50, "paused", GONE)), 40)
    assert all(each.end >= each.start for each in history)
    assert stretches((), 10) == ()
