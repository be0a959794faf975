"""Settings rise from defaults over preset, file and environment to flags; what cannot be used is named."""

from pathlib import Path
from typing import Any

import pytest

from engine.errors import ConfigError
from engine.settings.config_file import to_toml
from engine.settings.keys import KEYS, Key, Kind, value_of
from hanabi_tui.settings import Given, Settings, flag_of, load, variable_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settle(text: str = "", environment: dict[str, str] | None = None, **flags: str) -> Settings:
    """With this in distributed_config.toml, if anything."""
    if text:
        Path("distributed_config.toml").write_text(text, encoding="utf-8")
    return load(Given(flags=flags), environment or {})


def mistakes(text: str = "", environment: dict[str, str] | None = None, **flags: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as refused:
        settle(text, environment, **flags)
    return refused.value.mistakes


def test_no_key_has_the_name_of_another_flag() -> None:
    others = {"config", "preset", "toml", "version", "help", "no_ui", "install_completion", "show_completion"}
    assert not others & KEYS.keys()
    assert not any(name.removeprefix("no_") in KEYS for name in KEYS if name.startswith("no_"))


def test_each_source_wins_over_those_before_it() -> None:
    def found(*args: Any, **flags: str) -> tuple[int, str]:
        settings = settle(*args, **flags)
        return settings.config.training.batch_size, settings.origins["batch_size"]

    in_file, in_environment = "[training]\nbatch_size = 512\n", {"HANABI_BATCH_SIZE": "600"}
    assert found() == (1024, "preset cpu")
    assert found(in_file) == (512, "distributed_config.toml")
    assert found(in_file, in_environment) == (600, "HANABI_BATCH_SIZE")
    assert found(in_file, in_environment, batch_size="700") == (700, "--batch-size")
    assert settle().origins["gpu_port"] == "default"


def test_a_named_file_is_read_in_place_of_the_usual_one(folder: Path) -> None:
    Path("distributed_config.toml").write_text("[general]\nseed = 1\n")
    Path("other.toml").write_bytes(b"\xef\xbb\xbf[general]\nseed = 2\n")  # with the mark some editors write
    usual, named = load(Given(), {}), load(Given(file=Path("other.toml")), {})
    assert (usual.config.general.seed, usual.notes) == (
        1,
        ("settings are read from distributed_config.toml",),
    )
    assert (named.config.general.seed, named.notes) == (2, ())
    assert (usual.file, named.file) == (Path("distributed_config.toml"), Path("other.toml"))
    assert named.origins["seed"] == "other.toml"
    with pytest.raises(FileNotFoundError):
        load(Given(file=folder / "missing.toml"), {})


def test_a_usual_file_that_leads_nowhere_is_told_and_not_passed_over(folder: Path) -> None:
    Path("distributed_config.toml").symlink_to(folder / "not mounted yet")
    with pytest.raises(FileNotFoundError):
        load(Given(), {})


def test_the_home_of_a_user_is_found_without_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    in_file = '[paths]\ncheckpoint_dir = "~/runs/a"\n'
    assert settle(in_file).config.paths.checkpoint_dir == "/home/ann/runs/a"
    assert settle(environment={"HANABI_CHECKPOINT_DIR": "~/b"}).config.paths.checkpoint_dir == "/home/ann/b"
    assert settle(checkpoint_dir="~no-such-user/c").config.paths.checkpoint_dir == "~no-such-user/c"


def test_a_laptop_that_dials_in_is_another_learner_too() -> None:
    settings = settle(transport="dialled")
    assert (settings.preset, settings.origins["preset"]) == ("gpu", "transport is dialled")


def test_a_gpu_of_this_machine_is_taken_where_the_gpu_preset_is_asked_for() -> None:
    assert settle().config.general.device == "cpu"
    assert settle(preset="gpu").config.general.device == "auto"


def test_what_an_alert_command_finds_in_its_environment_is_no_setting() -> None:
    assert settle(environment={"HANABI_ALERT": "paused", "HANABI_ALERT_TEXT": "gone"}).notes == settle().notes


def test_the_guides_name_of_the_gpu_host_is_told_of_where_nothing_else_names_one() -> None:
    note, guide = "GPU_HOST is not read: the name here is HANABI_GPU_HOST", {"GPU_HOST": "laptop"}
    settings = settle(environment=guide)
    assert (settings.preset, settings.notes) == ("cpu", (note,))
    assert settle(environment=guide | {"HANABI_GPU_HOST": "laptop"}).notes == ()
    assert settle(environment=guide, gpu_host="").notes == ()
    assert note not in settle('[network]\ngpu_host = "laptop"\n', guide).notes


def test_a_token_in_a_settings_file_that_others_can_read_is_told_of(folder: Path) -> None:
    for mode, noted in ((0o644, True), (0o600, False)):
        (folder / "mine.toml").write_text(f"[network]\nauth_token = '{SECRET}'\n")
        (folder / "mine.toml").chmod(mode)
        notes = load(Given(file=folder / "mine.toml"), {}).notes
        assert any("auth_token in" in note and "chmod 600" in note for note in notes) is noted
        assert SECRET not in " ".join(notes)


def test_games_per_iteration_is_said_to_decide_nothing_where_a_ratio_does() -> None:
    (note,) = settle(games_per_iteration="50").notes
    assert note.startswith("games_per_iteration decides nothing while replay_ratio is 0.5 (preset cpu)")
    assert settle(games_per_iteration="50", replay_ratio="0").notes == ()
    assert settle(games_per_iteration="50", preset="gpu").notes == ()


def test_a_file_of_all_settings_is_not_told_that_one_of_them_decides_nothing(folder: Path) -> None:
    (folder / "all.toml").write_text(to_toml(settle(players="2").config))
    again = load(Given(file=folder / "all.toml"), {})
    assert again.config.training.replay_ratio == 0.5
    assert again.notes == ()


def test_without_a_preset_the_gpu_host_decides() -> None:
    assert (settle().preset, settle().config.model.architecture) == ("cpu", "mlp")
    settings = settle(gpu_host="laptop")
    assert (settings.preset, settings.origins["preset"]) == ("gpu", "gpu_host is set")
    assert settings.config.model.architecture == "transformer"


def test_a_preset_can_be_named_in_file_environment_and_flags() -> None:
    assert settle('preset = "gpu"').origins["preset"] == "distributed_config.toml"
    assert settle(environment={"HANABI_PRESET": "cpu"}).preset == "cpu"
    assert settle(preset="gpu").origins["preset"] == "--preset"
    assert settle(preset="gpu", gpu_host="").preset == "gpu"


def test_the_cpu_preset_makes_room_for_the_games_there_are() -> None:
    assert largest(variant="small") == (2, 2, 5, 2)
    assert largest(variant="very-small", players="3", colors="1,3") == (3, 3, 5, 2)
    assert largest(players="2,4,3") == (4, 5, 5, 5)
    assert largest(colors="1,3", ranks="4", hand_sizes="2,3") == (2, 5, 5, 5)  # still plays the full game
    assert largest(variant="small", max_hand_size="4") == (2, 2, 5, 4)
    assert largest(variant="small", preset="gpu") == (5, 5, 5, 5)
    assert settle(players="2,4,3", max_players="5").config.model.max_players == 5
    assert settle(players="2,4,3", preset="gpu").config.model.max_players == 5


def largest(**flags: str) -> tuple[int, ...]:
    model = settle(**flags).config.model
    return model.max_players, model.max_colors, model.max_ranks, model.max_hand_size


def test_the_cpu_preset_ends_by_the_clock_unless_iterations_are_counted() -> None:
    assert settle().config.iteration.minutes == 60
    assert settle(num_iterations="10").config.iteration.minutes == 0
    assert settle(num_iterations="10", minutes="5").config.iteration.minutes == 5


@pytest.mark.parametrize("key", KEYS.values(), ids=str)
def test_every_key_can_be_given_in_environment_and_flags(key: Key) -> None:
    if key.kind is Kind.truth:
        text = "true"
    elif key.kind.several:
        text = ",".join(map(str, key.default)) or "2"
    else:
        text = str(key.default)
    usual = {"num_iterations": "5"} if key.name == "serial" else {}
    expected = key.read(text)
    by_variable = settle(environment={variable_of(key.name): text}, **usual)
    by_flag = settle(**{**usual, key.name: text})
    for settings, origin in ((by_variable, variable_of(key.name)), (by_flag, flag_of(key.name))):
        assert (value_of(settings.config, key), settings.origins[key.name]) == (expected, origin)


def test_texts_are_read_as_people_write_them() -> None:
    environment = {
        "HANABI_USE_WANDB": "No",
        "HANABI_BUFFER_SIZE": "2_000_000",
        "HANABI_RANKS": "",
        "PATH": "x",
    }
    config = settle(environment=environment, players=" 2, 3", wandb_tags="a b,c").config
    assert (config.logging.use_wandb, config.training.buffer_size) == (False, 2_000_000)
    assert (config.game_ranges.players, config.game_ranges.ranks) == ((2, 3), ())
    assert config.logging.wandb_tags == ("a b", "c")


FILE = "distributed_config.toml"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[training]\nbatch_sise = 3",
            f"{FILE}, line 2: [training] batch_sise: no such key; did you mean batch_size?",
        ),
        (
            "[trainng]\nseed = 3",
            f"{FILE}, line 1: [trainng]: no such section; did you mean [training]?",
        ),
        ("[zzz]", f"{FILE}, line 1: [zzz]: no such section; there are [network] [model]"),
        ("[model]\n\nseed = 3", f"{FILE}, line 3: [model] seed: belongs in [general]"),
        ("seed = 3", f"{FILE}, line 1: seed: belongs in [general]"),
        ("[model]\npreset = 'cpu'", f"{FILE}, line 2: [model] preset: belongs at the top of the file"),
        ("preset = 'tpu'", f'{FILE}, line 1: preset = "tpu": allowed: cpu, gpu'),
        ("model = 3", "model]: this is a section; write [model], once"),
        ("[[model]]", f"{FILE}, line 1: [model]: this is a section; write [model], once"),
        ("[model]\nzzz = 1", "no such key; there are architecture, max_players,"),
        (
            "[training]\nbatch_size = 0",
            "line 2: [training] batch_size = 0: allowed: whole numbers 1 to 65_536",
        ),
        ("[training]\nbatch_size = 2.0", "[training] batch_size = 2.0: allowed: whole numbers"),
        ("[training]\nbatch_size = true", "[training] batch_size = true: allowed: whole numbers"),
        (f"[training]\nbatch_size = 0x{'f' * 6000}", "batch_size = a number of very many digits: allowed"),
        ("[training]\ndiscount = nan", "[training] discount = nan: allowed: numbers 0 to 1"),
        ("[training]\ndiscount = '1'", '[training] discount = "1": allowed: numbers 0 to 1'),
        ("[general]\nserial = 1", "[general] serial = 1: allowed: true, false"),
        (
            "[paths]\ncheckpoint_dir = ''",
            '[paths] checkpoint_dir = "": allowed: text without control characters, not empty',
        ),
        ('[paths]\ncheckpoint_dir = "\\u001b[1m"', '"\\u001b[1m": allowed: text without control characters'),
        (
            "[game_ranges]\nplayers = [2, 6]",
            "players = [2, 6]: allowed: a list of whole numbers 2 to 5, at least one",
        ),
        (
            "[game_ranges]\nplayers = []",
            "players = []: allowed: a list of whole numbers 2 to 5, at least one",
        ),
        (
            "[game_ranges]\nvariant = 'c3r5h5i8l3'",
            '[game_ranges] variant = "c3r5h5i8l3": allowed: full, small, very-small; other sizes by --colors',
        ),
        ("[game_ranges]\nplayers = 2", "players = 2: allowed: a list of whole numbers"),
        ("[model\n", f"{FILE}: not TOML: Expected ']'"),
        ("a = " + "[" * 5000, f"{FILE}: not TOML: "),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(text: str, said: str) -> None:
    (mistake,) = mistakes(text)
    assert said in mistake


def test_a_file_that_is_no_text_is_refused_in_words() -> None:
    Path(FILE).write_bytes(b"\xff\xfe\x00")
    assert mistakes() == (f"{FILE}: not TOML: not UTF-8 text",)


def test_all_mistakes_are_named_at_once() -> None:
    text = "[training]\nbatch_size = 0\ndiscount = 2\n[nothing]\n"
    said = mistakes(text, {"HANABI_SEED": "x", "HANABI_SEEED": "1"}, players="9", preset="tpu")
    assert len(said) == 7
    assert said[3:5] == (
        "HANABI_SEEED: no such setting; did you mean HANABI_SEED?",
        'HANABI_SEED = "x": allowed: whole numbers 0 to 9_223_372_036_854_775_807',
    )
    assert '--players "9": allowed: a list of whole numbers 2 to 5, at least one' in said


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ({"num_heads": "3"}, "[model] num_heads = 3 does not divide [model] d_model = 128"),
        (
            {"players": "2,5", "max_players": "4"},
            "[game_ranges] players up to 5: above [model] max_players = 4 (players: --players; max_players: ",
        ),
        ({"colors": "2,4", "max_colors": "3"}, "[game_ranges] colors up to 4: above [model] max_colors = 3"),
        (
            {"max_ranks": "4"},
            "ranks up to 5, which [game_ranges] variant = full makes: above [model] max_ranks = 4",
        ),
        ({"hand_sizes": "5", "max_hand_size": "3"}, "hand_sizes up to 5: above [model] max_hand_size = 3"),
        ({"players": "3,3"}, "[game_ranges] players = [3, 3]: names a number twice"),
        (
            {"players": "5", "ranks": "1"},
            "[game_ranges] players 5, colors 5, ranks 1, hand_sizes usual: 5 players with 4 cards each need",
        ),
        (
            {"batch_size": "5000", "buffer_size": "1024", "warm_up": "9"},
            "[training] batch_size = 5000 is above",
        ),
        (
            {"buffer_size": "1024", "batch_size": "64"},
            "[iteration] warm_up = 20000 is above [training] buffer_size",
        ),
        ({"serial": "true", "num_iterations": "3", "num_workers": "2"}, "num_workers 0 or 1, not 2"),
        ({"serial": "true", "minutes": "0"}, "needs [iteration] num_iterations above 0"),
        (
            {"serial": "true", "num_iterations": "3", "minutes": "4"},
            "needs [iteration] minutes 0, not 4: clocks vary (serial: --serial; minutes: --minutes)",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_naming_both(flags: dict[str, str], said: str) -> None:
    (mistake,) = mistakes(**flags)
    assert said in mistake


def test_many_games_that_cannot_be_played_are_counted() -> None:
    said = mistakes(players="4,5", ranks="1", hand_sizes="4,5", colors="1,2")
    assert len(said) == 4
    assert "5 more such combinations" in said[3]


def test_wandb_that_is_not_there_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.settings.checks.find_spec", lambda name: None)
    (mistake,) = mistakes(use_wandb="true")
    assert "pip install 'hanabi-tui[wandb]'" in mistake


@pytest.mark.parametrize("host", ["localhost.example.org", "127.example.net", "::1234"])
def test_plain_tcp_to_what_only_looks_like_this_machine_wants_a_token(host: str) -> None:
    (mistake,) = mistakes(transport="direct", gpu_host=host)
    assert "transport = direct wants an auth_token" in mistake
    assert settle(transport="direct", gpu_host="127.0.0.1")


SECRET = "hush-hush"


def test_a_token_may_come_from_a_file_the_environment_names(folder: Path) -> None:
    (folder / "token").write_text(f"{SECRET}\nmore\n")
    (folder / "token").chmod(0o600)
    settings = settle(environment={"HANABI_AUTH_TOKEN_FILE": "token"})
    assert settings.config.network.auth_token == SECRET
    assert settings.origins["auth_token"] == "HANABI_AUTH_TOKEN_FILE"


def test_a_token_file_that_others_can_read_is_refused(folder: Path) -> None:
    (folder / "token").write_text(SECRET)
    (folder / "token").chmod(0o644)
    said = "HANABI_AUTH_TOKEN_FILE = token can be read by others (mode 644): chmod 600 token"
    assert mistakes(environment={"HANABI_AUTH_TOKEN_FILE": "token"}) == (said,)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"HANABI_AUTH_TOKEN_FILE": "missing"}, "HANABI_AUTH_TOKEN_FILE = missing: No such file"),
        ({"HANABI_AUTH_TOKEN_FILE": "blank"}, "the first line of the file must be the token"),
        ({"HANABI_AUTH_TOKEN_FILE": "blank", "HANABI_AUTH_TOKEN": SECRET}, "give one of the two"),
        (
            {"HANABI_AUTH_TOKEN": f"{SECRET}\x1b"},
            "HANABI_AUTH_TOKEN: allowed: text without control characters",
        ),
        ({"HANABI_AUTH_TOKE": SECRET}, "HANABI_AUTH_TOKE: no such setting; did you mean HANABI_AUTH_TOKEN"),
    ],
)
def test_a_token_that_cannot_be_used_is_refused_unseen(
    folder: Path, environment: dict[str, str], said: str
) -> None:
    (folder / "blank").write_text("\n")
    (folder / "blank").chmod(0o600)
    (mistake,) = mistakes(environment=environment)
    assert said in mistake
    assert SECRET not in mistake


@pytest.mark.parametrize(
    "text",
    [f"auth_token = '{SECRET}'", f"[general]\nauth_token = '{SECRET}'", "[network]\nauth_token = 55551234"],
)
def test_a_token_in_the_wrong_place_is_refused_unseen(text: str) -> None:
    (mistake,) = mistakes(text)
    assert "auth_token" in mistake
    assert SECRET not in mistake and "55551234" not in mistake


def test_a_token_is_in_no_print_of_the_settings() -> None:
    settings = settle(auth_token=SECRET)
    assert settings.config.network.auth_token == SECRET
    assert "list of processes" in settings.notes[0]
    assert SECRET not in repr(settings) + to_toml(settings.config)


def test_a_token_that_systemd_hands_over_is_taken_unless_the_environment_has_one(tmp_path: Path) -> None:
    (tmp_path / "hanabi.auth_token").write_text("from systemd\n")
    environment = {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    settings = load(Given(), environment)
    assert settings.config.network.auth_token == "from systemd"
    assert settings.origins["auth_token"] == "hanabi.auth_token"
    own = load(Given(), {**environment, "HANABI_AUTH_TOKEN": "mine"})
    assert own.config.network.auth_token == "mine"
    assert load(Given(), {"CREDENTIALS_DIRECTORY": str(tmp_path / "empty")}).config.network.auth_token == ""
