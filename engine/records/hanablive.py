"""Games as hanab.live writes them: the JSON of one game, in and out.

The format is that of hanab.live's `misc/example_game_with_comments.jsonc` and `command_action.go`
(github.com/Hanabi-Live/hanabi-live). Its deck lies as ours does, seat 0's whole hand first. It names a card
by its place in the deck, and the player who is told something by seat.

hanab.live knows five, four and three colours of five ranks, 8 information and 3 life tokens, and hands one
card smaller or larger than usual. Other variants are kept under a key of our own, `hanabiTui`: such a file
loads here, and hanab.live refuses it, naming the variant.

hanab.live shuffles the deck anew from the seed of a file, and refuses the file if it comes out otherwise: so
`seed` is only there where it is one of its own and no player was turned (`its_seed`), and others are under
`hanabiTuiSeed`.

A file ends with an end action (type 4 or 5) only if the game was stopped. hanab.live ends a game itself when
the rules do, and calls an end action after that invalid; `load` takes one that agrees.
"""

import codecs
import re
from dataclasses import replace
from typing import Any, NoReturn

import msgspec

from engine.errors import RecordingError, VariantError
from engine.game import rules
from engine.game.games import Games
from engine.game.moves import COLOUR_LETTERS, Kind, Move, number, table
from engine.game.variants import MAX_PLAYERS, MAX_RANKS, Variant, card
from engine.records import hand
from engine.records.hanablive_format import (
    DISCARD,
    END,
    END_BY_VOTE,
    MAKES,
    PLAY,
    STRUCK_OUT_END,
    TYPES,
    UNPLAYABLE,
    VARIANTS,
    Action,
    Card,
    Game,
    Options,
    Ours,
    options_of,
)
from engine.records.recording import MAX_NUMBER, NORMAL_END, STOPS, Recording, Stop, told, why_illegal

MAX_BYTES = 1_000_000
"""The largest file that is read. A game of five with long notes takes about 20 kB."""

MAX_ACTIONS = 2_000
"""More actions than any game has."""

_ITS_SEED = re.compile(r"(legacy-\d+-)?p[2-6]v\d+s[A-Za-z0-9-]*", re.ASCII)

_DECODER = msgspec.json.Decoder(Game)


def load(text: str | bytes, where: str) -> Recording:
    """Read a game from hanab.live's JSON.

    Args:
      text: the JSON; bytes are UTF-8, with or without a byte order mark.
      where: what to call it in errors, such as the file's name.

    Raises RecordingError, naming `where`, the place inside (`actions[17].target`), what was given and what
    is allowed.
    """
    data = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        raise RecordingError(f"{where}: {len(data)} bytes given; a game has at most {MAX_BYTES}")
    try:
        game = _DECODER.decode(data.removeprefix(codecs.BOM_UTF8))
    except msgspec.ValidationError as error:
        what, _, path = str(error).partition(" - at `$")
        place = path.rstrip("`").lstrip(".")
        raise RecordingError(f"{where}: {place + ': ' if place else ''}{what}") from None
    except RecursionError:
        raise RecordingError(f"{where}: lists or objects too deep inside each other") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordingError(f"{where}: not JSON, or cut off: {error}") from None
    return recording_of(game, where)


def dump(recording: Recording) -> str:
    """A game as hanab.live's JSON, on one line."""
    return msgspec.json.encode(game_of(recording)).decode()


def game_of(recording: Recording) -> Game:
    """A recording in hanab.live's terms. Never fails: see above for what hanab.live cannot express."""
    options = options_of(recording.variant)
    game = Game(
        players=list(recording.players),
        deck=[Card(kind // MAX_RANKS, kind % MAX_RANKS + 1) for kind in recording.deck],
        actions=[
            _action(position, table(recording.variant)[move])
            for position, move in zip(recording.positions[:-1], recording.moves, strict=True)
        ],
        options=options or Options(variant=f"hanabi-tui {recording.variant.name}"),
        notes=[list(notes) for notes in recording.notes],
        id=recording.number,
    )
    if its_seed(recording.seed):
        game.seed = recording.seed
    else:
        game.hanabi_tui_seed = recording.seed
    if options is None:
        v = recording.variant
        game.hanabi_tui = Ours(v.colours, v.ranks, v.hand_size, v.info_tokens, v.life_tokens)
    if game.notes:  # hanab.live wants notes for every player, or none
        game.notes += [[] for _ in range(recording.variant.players - len(game.notes))]
    if recording.stop is not None:
        by_vote = recording.stop.reason == 10
        seat = -1 if by_vote else recording.stop.seat
        game.actions.append(Action(END_BY_VOTE if by_vote else END, seat, recording.stop.reason))
    return game


def its_seed(seed: str) -> bool:
    """Whether hanab.live shuffles a deck from such a seed."""
    return _ITS_SEED.fullmatch(seed) is not None


def _action(position: Any, move: Move) -> Action:
    """A move made in a position (a GAME record), in hanab.live's terms."""
    mover = int(position["to_move"])
    if move.kind in (Kind.PLAY, Kind.DISCARD):
        return Action(TYPES[move.kind], hand.places(position, mover)[move.slot])
    seat = (mover + move.offset) % int(position["players"])
    return Action(TYPES[move.kind], seat, move.value + (move.kind is Kind.RANK))


def recording_of(game: Game, where: str) -> Recording:
    """A game in hanab.live's terms as a recording; checked as `load` says. Raises RecordingError."""
    try:
        if not 0 <= game.id <= MAX_NUMBER:
            _refuse("id", game.id, f"0 to {MAX_NUMBER}")
        variant = _variant(game)
        deck = tuple(_kind(place, each) for place, each in enumerate(game.deck))
        # without moves first: the moves are translated in the positions that they are made in
        start = Recording(variant, deck, (), tuple(game.players))
        game = _reseated(game, variant)
        start = replace(
            start,
            deck=tuple(card(each.suit_index, each.rank - 1) for each in game.deck),
            players=tuple(game.players),
            notes=tuple(map(tuple, game.notes)),
            seed=_seed(game),
            number=game.id,
        )
        moves, stop = _moves(game, start.games_at(0), variant)
        return replace(start, moves=moves, stop=stop)
    except (RecordingError, VariantError) as error:
        raise RecordingError(f"{where}: {error}") from None


def _seed(game: Game) -> str:
    """What the deck was shuffled from: not the seed alone where players were turned (`_reseated`)."""
    seed, first = game.seed or game.hanabi_tui_seed, game.options.starting_player
    return f"{seed} from seat {first} on" if seed and first else seed


def _variant(game: Game) -> Variant:
    players, options = len(game.players), game.options
    if not 2 <= players <= MAX_PLAYERS:
        _refuse("players", f"{players} names", f"2 to {MAX_PLAYERS}")
    for field, name in UNPLAYABLE.items():
        if getattr(options, field):
            _refuse(f"options.{name}", "true", "false: these rules are not played here")
    if game.hanabi_tui is not None:
        try:
            return Variant(players=players, **msgspec.structs.asdict(game.hanabi_tui))
        except VariantError as error:
            raise RecordingError(f"hanabiTui: {error}") from None
    if options.variant not in VARIANTS:
        _refuse("options.variant", told(options.variant), ", ".join(VARIANTS))
    usual = Variant(players=players, colours=VARIANTS[options.variant])
    return replace(usual, hand_size=usual.hand_size + options.one_extra_card - options.one_less_card)


def _kind(place: int, given: Card) -> int:
    if not 0 <= given.suit_index < len(COLOUR_LETTERS):
        _refuse(f"deck[{place}].suitIndex", given.suit_index, f"0 to {len(COLOUR_LETTERS) - 1}")
    if not 1 <= given.rank <= MAX_RANKS:
        _refuse(f"deck[{place}].rank", given.rank, f"1 to {MAX_RANKS}")
    return card(given.suit_index, given.rank - 1)


def _reseated(game: Game, variant: Variant) -> Game:
    """The same game with the players turned so that seat 0 begins; the dealt hands move with them.

    Only hanab.live's games from before April 2020 begin elsewhere.
    """
    first, players, size = game.options.starting_player, variant.players, variant.hand_size
    if not 0 <= first < players:
        _refuse("options.startingPlayer", first, f"0 to {players - 1}")
    if first == 0:
        return game
    dealt = players * size

    def turned(cards: list[Any]) -> list[Any]:
        return cards[first * size : dealt] + cards[: first * size] + cards[dealt:]

    def action(given: Action) -> Action:
        target = given.target
        if given.type in (PLAY, DISCARD):
            target = (target - first * size) % dealt if 0 <= target < dealt else target
        elif 0 <= target < players:
            target = (target - first) % players
        return Action(given.type, target, given.value)

    notes = [each + [""] * (variant.deck_size - len(each)) for each in game.notes]
    notes += [[] for _ in range(players - len(notes))] if notes else []
    return msgspec.structs.replace(
        game,
        players=game.players[first:] + game.players[:first],
        deck=turned(game.deck),
        actions=[action(each) for each in game.actions],
        notes=[turned(each) for each in notes[first:] + notes[:first]],
    )


def _moves(game: Game, games: Games, variant: Variant) -> tuple[tuple[int, ...], Stop | None]:
    """The moves of a game's actions, made one by one in `games`; and why it was stopped, if it was."""
    if len(game.actions) > MAX_ACTIONS:
        _refuse("actions", f"{len(game.actions)} actions", f"at most {MAX_ACTIONS}")
    moves: list[int] = []
    for index, action in enumerate(game.actions):
        path = f"actions[{index}]"
        if action.type in (END, END_BY_VOTE):
            if index + 1 < len(game.actions):
                _refuse(f"actions[{index + 1}]", "an action after the end action", "none")
            return tuple(moves), _stop(path, action, games.table[0])
        moves.append(_move(path, action, games.table[0], variant, game.players))
        games.step(moves[-1:])
    return tuple(moves), None


def _move(path: str, action: Action, position: Any, variant: Variant, players: list[str]) -> int:
    """The id of the move that an action makes in a position. Raises RecordingError if it is not legal."""
    mover = int(position["to_move"])
    if action.type not in MAKES:
        _refuse(f"{path}.type", action.type, f"0 to {END_BY_VOTE}")
    if position["ending"] != rules.RUNNING:
        _refuse(path, f"a move after the game's end, action {int(position['turn'])}", "none")
    kind = MAKES[action.type]
    if kind in (Kind.PLAY, Kind.DISCARD):
        held = hand.places(position, mover)
        if action.target not in held:
            cards = ", ".join(map(str, held))
            _refuse(f"{path}.target", action.target, f"the cards {cards} of {players[mover]!r}")
        if action.value not in (None, 0):
            _refuse(f"{path}.value", action.value, "0 or none for a play or discard")
        move = Move(kind, slot=held.index(action.target))
    else:
        others = [seat for seat in range(variant.players) if seat != mover]
        if action.target not in others:
            seats = ", ".join(map(str, others))
            _refuse(f"{path}.target", action.target, f"the seats {seats}; {players[mover]!r}, {mover}, hints")
        lowest, count = (1, variant.ranks) if kind is Kind.RANK else (0, variant.colours)
        value = 0 if action.value is None else action.value  # which hanab.live takes for 0
        if not lowest <= value < lowest + count:
            _refuse(f"{path}.value", action.value, f"{lowest} to {lowest + count - 1}")
        move = Move(kind, offset=(action.target - mover) % variant.players, value=value - lowest)
    found = number(move, variant)
    if not int(position["legal"]) >> found & 1:
        raise RecordingError(
            f"{path}, by {players[mover]!r}: {why_illegal(position, variant, found, players)}"
        )
    return found


def _stop(path: str, action: Action, position: Any) -> Stop | None:
    """What an end action says, None if the game had ended by the rules."""
    ending, value = int(position["ending"]), action.value
    if value == STRUCK_OUT_END and ending != rules.STRUCK_OUT:
        lives = f"{int(position['lives'])} of {int(position['max_lives'])} lives are left"
        _refuse(f"{path}.value", f"{value} (struck out)", f"another end: {lives}")
    if value == NORMAL_END and ending == rules.STRUCK_OUT:
        _refuse(f"{path}.value", f"{value} (normal end)", f"{STRUCK_OUT_END}: no life is left")
    if value != STRUCK_OUT_END and value not in STOPS:
        _refuse(f"{path}.value", value, ", ".join(map(str, sorted({STRUCK_OUT_END, *STOPS}))))
    players = int(position["players"])
    if not -1 <= action.target < players:
        _refuse(f"{path}.target", action.target, f"-1 to {players - 1}")
    return Stop(value, action.target) if ending == rules.RUNNING and value is not None else None


def _refuse(path: str, given: object, allowed: str) -> NoReturn:
    words = given if isinstance(given, str) else told(given)
    raise RecordingError(f"{path}: {words} given; allowed: {allowed}")
