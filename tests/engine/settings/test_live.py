"""Settings that change while a run runs: what may, what may not, and what is said then."""

import pytest

from engine.errors import ConfigError
from engine.settings.config import Config
from engine.settings.keys import KEYS, value_of
from engine.settings.live import read_live, with_value


def refusal(name: str, text: str, config: Config | None = None) -> str:
    with pytest.raises(ConfigError) as error:
        with_value(config or Config(), *read_live(name, text))
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("learning_rate", "3e-4", 3e-4),
        ("batch_size", "1_024", 1024),
        ("replay_ratio", "2", 2.0),
        ("minutes", "2.5", 2.5),
        ("keep_generations", " 3 ", 3),
    ],
)
def test_one_key_changes_and_no_other(name: str, text: str, value: float) -> None:
    before = Config()
    after = with_value(before, *read_live(name, text))
    assert value_of(after, KEYS[name]) == value
    assert type(value_of(after, KEYS[name])) is type(value_of(before, KEYS[name]))
    assert {key for key in KEYS if value_of(after, KEYS[key]) != value_of(before, KEYS[key])} == {name}
    assert before == Config()


def test_a_key_that_does_not_exist_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="there is no setting learning_rat; did you mean learning_rate"):
        read_live("learning_rat", "0.1")


@pytest.mark.parametrize("name", [name for name, key in KEYS.items() if not key.live])
def test_a_key_that_is_not_live_is_refused_naming_those_that_are(name: str) -> None:
    with pytest.raises(ConfigError, match=f"{name} cannot change while the run runs") as error:
        read_live(name, "")
    said = str(error.value).split("these can: ")[1].split(", ")
    assert said == [key.name for key in KEYS.values() if key.live]
    assert name not in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("learning_rate", "0"),
        ("learning_rate", "1.1"),
        ("learning_rate", "nan"),
        ("minutes", "inf"),
        ("gradient_clip", "-1"),
        ("batch_size", "0"),
        ("batch_size", "12.5"),
        ("batch_size", "many"),
        ("batch_size", ""),
        ("keep_generations", "1"),
        ("collapse_points", "26"),
        ("evaluation_games", "9" * 5000),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_what_is_allowed(name: str, text: str) -> None:
    said = refusal(name, text)
    assert f"] {name} = {text}: allowed: {KEYS[name].allowed}" in said


def test_every_live_number_is_held_to_its_bounds() -> None:
    for key in KEYS.values():
        if key.live:
            for text in ("-1", "nan", "1e30", "x"):
                assert f"allowed: {key.allowed}" in refusal(key.name, text)


def test_keys_that_do_not_go_together_are_refused() -> None:
    assert "batch_size = 2000 is above [training] buffer_size = 1024" in refusal(
        "batch_size", "2000", small_buffer()
    )
    serial = with_parts(general={"serial": True}, iteration={"num_iterations": 5})
    assert "serial needs [iteration] minutes 0, not 3" in refusal("minutes", "3", serial)
    assert "serial needs [iteration] num_iterations above 0" in refusal("num_iterations", "0", serial)


def small_buffer() -> Config:
    return with_parts(training={"buffer_size": 1024}, iteration={"warm_up": 1000})


def with_parts(**sections: dict[str, object]) -> Config:
    """Settings with some values changed, section by section."""
    return Config(**{name: type(getattr(Config(), name))(**values) for name, values in sections.items()})
