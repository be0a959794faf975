"""All settings of a run, what presets set, and what goes together.

`hanabi_tui.settings` fills these types from file, environment and flags. Nothing here loads numba or numpy
before it is needed, as the command line makes its help from these types.
"""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from itertools import product
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.errors import ConfigError, VariantError
from engine.machine.loopback import is_loopback
from engine.settings.sections import (
    GameRangesSection,
    GeneralSection,
    IterationSection,
    LoggingSection,
    ModelSection,
    NetworkSection,
    PathsSection,
    SimulationSection,
    TrainingSection,
)

if TYPE_CHECKING:
    from engine.game.variants import Variant

__all__ = [
    "PRESETS",
    "SECTIONS",
    "Config",
    "GameRangesSection",
    "GeneralSection",
    "IterationSection",
    "LoggingSection",
    "ModelSection",
    "NetworkSection",
    "PathsSection",
    "SimulationSection",
    "TrainingSection",
    "check",
    "preset_values",
    "variants_of",
]


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings of a run."""

    network: NetworkSection = NetworkSection()
    model: ModelSection = ModelSection()
    training: TrainingSection = TrainingSection()
    simulation: SimulationSection = SimulationSection()
    game_ranges: GameRangesSection = GameRangesSection()
    iteration: IterationSection = IterationSection()
    logging: LoggingSection = LoggingSection()
    paths: PathsSection = PathsSection()
    general: GeneralSection = GeneralSection()


SECTIONS: tuple[str, ...] = Config.__struct_fields__

PRESETS: dict[str, dict[str, Any]] = {
    "cpu": {
        "architecture": "mlp",
        "batch_size": 1024,
        "learning_rate": 1e-3,
        "buffer_size": 1_000_000,
        "replay_ratio": 0.5,
        "train_steps_per_iteration": 100,
        "minutes": 60.0,
    },
    "gpu": {
        "architecture": "transformer",
        "batch_size": 1024,
        "buffer_size": 1_000_000,
        "device": "auto",
    },
}
"""What each preset sets; preset_values() adds what depends on other keys."""


def preset_values(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a preset sets, next to the values that were given for other keys.

    `cpu` makes its network no larger than the games need, and ends by the clock only where nobody said after
    how many iterations the run ends.
    """
    values = dict(PRESETS[name])
    if given.get("serial"):
        values.pop("device", None)  # the same bits on every machine are wanted
    if name == "cpu":
        values |= _largest_of(given)
        if given.get("num_iterations"):
            del values["minutes"]
    return values


def _largest_of(given: Mapping[str, Any]) -> dict[str, int]:
    """How large games may be, as keys of `[model]`: as the variant says, or a list that names a larger size.

    A list of smaller ones makes no smaller network: with it nobody could play the game by its name.
    """
    from engine.game.variants import PRESETS as NAMED

    base = {"players": 2, "colours": 5, "ranks": 5, "hand_size": 5}
    base |= NAMED.get(given.get("variant", "full"), {})
    return {limit: max((base[has], *given.get(key, ()))) for key, has, limit in _SIZES}


_SIZES = (
    ("players", "players", "max_players"),
    ("colors", "colours", "max_colors"),
    ("ranks", "ranks", "max_ranks"),
    ("hand_sizes", "hand_size", "max_hand_size"),
)
"""Keys of `[game_ranges]`, what a variant calls them, and what limits them in `[model]`."""


def variants_of(ranges: GameRangesSection) -> "tuple[Variant, ...]":
    """Every game that [game_ranges] names. Raises ConfigError where a combination cannot be played."""
    from engine.game.variants import PRESETS as NAMED
    from engine.game.variants import Variant

    base = {"colours": 5, "ranks": 5, "hand_size": 0, **NAMED[ranges.variant]}
    lists = (
        ranges.players,
        ranges.colors or (base["colours"],),
        ranges.ranks or (base["ranks"],),
        ranges.hand_sizes or (base["hand_size"],),
    )
    playable, refused = [], []
    for players, colours, ranks, hand_size in product(*lists):
        try:
            changes = {"colours": colours, "ranks": ranks, "hand_size": hand_size}
            playable.append(Variant(players=players, **(base | changes)))
        except VariantError as error:
            chosen = f"players {players}, colors {colours}, ranks {ranks}, hand_sizes {hand_size or 'usual'}"
            refused.append(f"[game_ranges] {chosen}: {error}")
    if refused:
        more = len(refused) - 3
        raise ConfigError(
            [*refused[:3], *([f"[game_ranges] {more} more such combinations"] if more > 0 else [])]
        )
    return tuple(playable)


def game_name(ranges: GameRangesSection) -> str:
    """The game of [game_ranges], as `engine.game.variants.named` takes it; of several sizes the largest."""
    from engine.game.variants import PRESETS as NAMED

    usual = {"colours": 5, "ranks": 5, "hand_size": 0, "info_tokens": 8, "life_tokens": 3}
    usual |= NAMED[ranges.variant]
    lists = {"colours": ranges.colors, "ranks": ranges.ranks, "hand_size": ranges.hand_sizes}
    game = usual | {size: max(given) for size, given in lists.items() if given}
    if game == usual:
        return ranges.variant
    return "".join(f"{size[0]}{number}" for size, number in game.items() if number)


def check(config: Config) -> list[str]:
    """What keeps a run from starting with these settings, each naming its keys as `[section] key`."""
    return [
        *_check_network(config.network),
        *_check_model(config.model),
        *_check_games(config),
        *_check_run(config),
        *_check_others(config),
    ]


def _check_network(network: NetworkSection) -> Iterator[str]:
    if network.transport == "ssh" and network.gpu_socket and not network.gpu_host:
        yield (
            "[network] gpu_socket is a socket on another machine: name that by [network] gpu_host, or use "
            "transport = dialled for a laptop that dials in here"
        )
    if network.transport != "direct":
        return
    if not network.gpu_host:
        yield "[network] transport = direct wants [network] gpu_host: the address of the laptop"
    elif not network.auth_token and not is_loopback(network.gpu_host):
        yield (
            "[network] transport = direct wants an auth_token: without one, anybody on the way could be the "
            "learner. Put the same into a file on both sides (HANABI_AUTH_TOKEN_FILE), or use transport = ssh"
        )


MOST_WEIGHTS = 35_000_000
"""With what the optimizer remembers of each, and averages, they make a message of less than 1 GiB."""


def _check_model(model: ModelSection) -> Iterator[str]:
    if model.d_model % model.num_heads:
        yield (
            f"[model] num_heads = {model.num_heads} does not divide [model] d_model = {model.d_model}: "
            "each head takes an equal share of the width"
        )
    if model.architecture == "transformer":
        keys = f"[model] d_model = {model.d_model} and [model] num_layers = {model.num_layers}"
        weights = 12 * model.d_model**2 * model.num_layers  # four matrices of attention, eight of its units
    else:
        keys = f"[model] hidden_size = {model.hidden_size} and [model] hidden_layers = {model.hidden_layers}"
        weights = model.hidden_size * (
            2_000 + model.hidden_size * (model.hidden_layers - 1)
        )  # some 2,000 inputs
    if weights > MOST_WEIGHTS:
        yield (
            f"{keys} make some {weights / 1e6:.0f} million weights; a checkpoint travels as one message, "
            f"which has room for {MOST_WEIGHTS / 1e6:.0f} million: make the network smaller"
        )


def _check_games(config: Config) -> Iterator[str]:
    ranges, model = config.game_ranges, config.model
    for key, _, _ in _SIZES:
        sizes = getattr(ranges, key)
        if len(set(sizes)) < len(sizes):
            yield f"[game_ranges] {key} = {list(sizes)}: names a number twice; each gets as many games anyway"
    try:
        variants = variants_of(ranges)
    except ConfigError as error:
        yield from error.mistakes
        return
    for key, attribute, limit in _SIZES:
        most, allowed = max(getattr(variant, attribute) for variant in variants), getattr(model, limit)
        if most > allowed:
            source = "" if getattr(ranges, key) else f", which [game_ranges] variant = {ranges.variant} makes"
            yield f"[game_ranges] {key} up to {most}{source}: above [model] {limit} = {allowed}"


def _check_run(config: Config) -> Iterator[str]:
    training, iteration, workers = config.training, config.iteration, config.simulation.num_workers
    for key, size in (
        ("[training] batch_size", training.batch_size),
        ("[iteration] warm_up", iteration.warm_up),
    ):
        if size > training.buffer_size:
            yield (
                f"{key} = {size} is above [training] buffer_size = {training.buffer_size}: "
                "so many samples are never kept"
            )
    if config.general.serial:
        if workers > 1:
            yield f"[general] serial needs [simulation] num_workers 0 or 1, not {workers}"
        if config.simulation.inference != "local":
            yield "[general] serial needs [simulation] inference local: when answers come from afar varies"
        if not iteration.num_iterations:
            yield "[general] serial needs [iteration] num_iterations above 0, an end that is always the same"
        if iteration.minutes:
            yield f"[general] serial needs [iteration] minutes 0, not {iteration.minutes:g}: clocks vary"


def _check_others(config: Config) -> Iterator[str]:
    if config.logging.use_wandb and find_spec("wandb") is None:
        yield "[logging] use_wandb: wandb is not installed; pip install 'hanabi-tui[wandb]'"
