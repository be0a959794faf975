"""Numbers for people: three digits that count, a unit, a dash for what is not known."""

import math

import pytest

from hanabi_tui import quantities as q


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (q.count(870), "870"),
        (q.count(99_999), "99,999"),
        (q.count(99_999.6), "100 k"),
        (q.count(999_499), "999 k"),
        (q.count(999_500), "1.00 M"),
        (q.count(14_230_000), "14.2 M"),
        (q.count(3.2e15), "3,200 T"),
        (q.count(math.nan), "–"),
        (q.rate(0.42), "0.4"),
        (q.rate(51.26), "51.3"),
        (q.rate(99.96), "100"),
        (q.rate(0.0), "0"),
        (q.rate(0.001), "1e-03"),
        (q.number(1.234, 2), "1.23"),
        (q.number(0.00004, 2), "4.0e-05"),
        (q.number(0.0, 2), "0.00"),
        (q.number(None), "–"),
        (q.number(math.inf), "–"),
        (q.percent(0.0), "0 %"),
        (q.percent(0.0001), "0.1 %"),
        (q.percent(0.996), "99.6 %"),
        (q.percent(0.99999), "99.9 %"),
        (q.percent(1.0), "100 %"),
        (q.percent(None), "–"),
        (q.size(512), "512 B"),
        (q.size(999_600), "1.0 MB"),
        (q.size(3_400_000_000), "3.4 GB"),
        (q.size(120e9), "120 GB"),
        (q.size(None), "–"),
        (q.milliseconds(0.00031), "0.31 ms"),
        (q.milliseconds(0.0123), "12.3 ms"),
        (q.milliseconds(1.24), "1,240 ms"),
        (q.milliseconds(None), "–"),
        (q.span(-3), "0 s"),
        (q.span(59.9), "59 s"),
        (q.span(200), "3 min 20 s"),
        (q.span(3600), "1 h"),
        (q.span(3660), "1 h 1 min"),
        (q.span(90_000), "1 d 1 h"),
        (q.span(math.nan), "–"),
        (q.roughly(2), "2 s"),
        (q.roughly(14), "10 s"),
        (q.roughly(97), "100 s"),
        (q.roughly(2040), "34 min"),
        (q.roughly(9_000), "2.5 h"),
        (q.roughly(900_000), "10.4 d"),
        (q.roughly(math.nan), "–"),
        (q.some(1, "line"), "1 line"),
        (q.some(1200, "line"), "1,200 lines"),
    ],
)
def test_a_number_is_said_so(said: str, expected: str) -> None:
    assert said == expected


def test_a_clock_names_the_day_if_it_is_another() -> None:
    now = 1_700_000_000.0
    assert q.clock(now, now).count(":") == 2
    assert q.minute(now, now) == q.clock(now, now)[:5]
    assert q.clock(now - 3 * 86_400, now).split()[1] == "Nov"
    assert q.minute(now + 86_400, now).count(":") == 1
