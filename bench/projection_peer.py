"""The library `eventsourcing`'s projection runner on PostgreSQL: the peer of a rebuild.

As its documentation has it: a projection whose view is a tracking recorder, which writes a row and its
position in one transaction an event. The history has one row an event, found by its aggregate.
"""

import time
from typing import Any

from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier

from bench.eventsourcing_peer import Note, Notes, environment
from bench.notes import STREAM_LENGTH, TEXT

WRITE = 1000
WAIT_SECONDS = 600.0


class History(PostgresTrackingRecorder):
    """The view: a row an event."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:
        """Add its table to the recorder's own."""
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS history "
                "(cadre uuid, version bigint, at timestamptz, text text, PRIMARY KEY (cadre, version))"
            ).format()
        )

    def add(self, fact: Any, text: str, tracking: Tracking) -> None:
        """One row and the position, in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO history VALUES (%s, %s, %s, %s)",
                (fact.originator_id, fact.originator_version, fact.timestamp, text),
                prepare=True,
            )


class Telling(Projection[History]):
    """What makes rows of events."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """A row an event, whatever its kind."""
        self.view.add(domain_event, getattr(domain_event, "text", ""), tracking)


class Projected:
    """A database with so many of the library's events; `run` projects them all anew."""

    def __init__(self, dsn: str, events: int) -> None:
        """Write the events, in aggregates as long as our streams."""
        self._environment = environment(dsn)
        self._events = events
        with Notes(self._environment) as app:
            pending = []
            for _ in range(events // STREAM_LENGTH):
                note = Note()
                for _ in range(STREAM_LENGTH - 1):
                    note.note(TEXT)
                pending += [app.mapper.to_stored_event(fact) for fact in note.collect_events()]
                if len(pending) >= WRITE:
                    app.recorder.insert_events(pending)
                    pending = []
            app.recorder.insert_events(pending)
            self._last = app.recorder.max_notification_id()

    def run(self) -> float:
        """Project from the first event to the last; gives events a second."""
        with ProjectionRunner(
            application_class=Notes, projection_class=Telling, view_class=History, env=self._environment
        ) as runner:
            began = time.perf_counter()
            runner.wait(self._last, timeout=WAIT_SECONDS)
            speed = self._events / (time.perf_counter() - began)
            datastore = runner.view.datastore
            with datastore.transaction(commit=True) as cursor:
                cursor.execute("TRUNCATE history")
                cursor.execute(
                    SQL("DELETE FROM {0} WHERE application_name = %s").format(
                        Identifier(runner.view.tracking_table_name)
                    ),
                    (runner.app_name,),
                )
        return speed
