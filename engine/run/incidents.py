"""Incidents: what workers report besides what they played; what of it is told, and what comes of it."""

import time
from collections.abc import Iterator

from engine.contracts.events import AnyEvent, Notice, WorkerLost
from engine.contracts.orders import Evaluated
from engine.run.taking_up import Parts
from engine.store import album
from engine.store.directory import Directory
from engine.workers.crew_news import Chose, GivenUp, Incident, Lost


def take_in(incident: Incident, parts: Parts) -> Iterator[AnyEvent]:
    """Take in an incident of a run; its events are to be told, all of them."""
    now, training = time.time(), parts.training
    match incident:
        case Chose():
            text = f"worker {incident.worker}: {incident.why}"
            yield Notice(time=now, step=training.counters.step, text=text)
        case Lost():
            games = training.drop_games(1)
            yield WorkerLost(
                time=now, step=training.counters.step, worker=incident.worker, why=incident.why, games=games
            )
        case GivenUp():
            if parts.examiner.give_up(incident.number):
                text = f"the evaluation is given up: workers die of it, the last one: {incident.why}"
                yield Notice(time=now, step=training.counters.step, text=text, warning=True)
        case Evaluated():
            event = parts.examiner.take(incident, training)
            if event is not None:
                parts.keeper.note(event.step, event.mean)
                yield event
                yield from _keep_games(incident, parts.ground.directory)


def _keep_games(outcome: Evaluated, directory: Directory) -> Iterator[AnyEvent]:
    """Keep what people will want to look at; a full disk is no reason to stop for it."""
    try:
        album.keep(directory.games, outcome.step, outcome.highlights)
    except OSError as error:
        text = f"the games of this evaluation were not kept: {error}"
        yield Notice(time=time.time(), step=outcome.step, text=text, warning=True)
