"""What goes together in the settings of a run, and what does not."""

from collections.abc import Iterator
from importlib.util import find_spec

from engine.errors import ConfigError
from engine.machine.loopback import is_loopback
from engine.machine.program import install_command
from engine.settings.config import Config
from engine.settings.games import SIZES, variants_of
from engine.settings.sections import ModelSection, NetworkSection


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


def weights_of(model: ModelSection) -> int:
    """How many weights a network has, more or less, and mostly less."""
    if model.architecture == "transformer":
        return 12 * model.d_model**2 * model.num_layers  # four matrices of attention, eight of its units
    return model.hidden_size * (2_000 + model.hidden_size * (model.hidden_layers - 1))  # some 2,000 inputs


def _check_model(model: ModelSection) -> Iterator[str]:
    if model.d_model % model.num_heads:
        yield (
            f"[model] num_heads = {model.num_heads} does not divide [model] d_model = {model.d_model}: "
            "each head takes an equal share of the width"
        )
    if model.architecture == "transformer":
        keys = f"[model] d_model = {model.d_model} and [model] num_layers = {model.num_layers}"
    else:
        keys = f"[model] hidden_size = {model.hidden_size} and [model] hidden_layers = {model.hidden_layers}"
    weights = weights_of(model)
    if weights > MOST_WEIGHTS:
        yield (
            f"{keys} make some {weights / 1e6:.0f} million weights; a checkpoint travels as one message, "
            f"which has room for {MOST_WEIGHTS / 1e6:.0f} million: make the network smaller"
        )


def _check_games(config: Config) -> Iterator[str]:
    ranges, model = config.game_ranges, config.model
    for key, _, _ in SIZES:
        sizes = getattr(ranges, key)
        if len(set(sizes)) < len(sizes):
            yield f"[game_ranges] {key} = {list(sizes)}: names a number twice; each gets as many games anyway"
    try:
        variants = variants_of(ranges)
    except ConfigError as error:
        yield from error.mistakes
        return
    simulation = config.simulation
    # one worker, where their number is left to the machine
    if simulation.games_per_worker * max(1, simulation.num_workers) < len(variants):
        yield (
            f"[simulation] games_per_worker = {simulation.games_per_worker}: [game_ranges] names "
            f"{len(variants)} games, some of which might never be played: {len(variants)} are enough for all"
        )
    for key, attribute, limit in SIZES:
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
        yield f"[logging] use_wandb: wandb is not installed: {install_command('wandb')}"
