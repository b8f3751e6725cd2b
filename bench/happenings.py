"""Random events of matching that could have happened, one after the other, folded as by the service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from bench.crowd import DAY, HOUR, NOW, Crowd, skill, some_id
from services.matching.domain.helper_file import Booking
from services.matching.engine import HelperFile
from services.matching.files import Files
from shared.bus.envelope import GENESIS, Actor, Envelope
from shared.bus.recorded import Recorded
from shared.contracts import matching as m
from shared.contracts.event import Event
from shared.contracts.values import DeclineReason, Point, ReopenReason, Slot, Wish

CADRES, OFFERS = 200, 3
NOBODY = UUID(int=0)


def told(event: Event, at: datetime) -> Recorded:
    """An event that happened then; of its envelope, a fold looks at nothing else."""
    envelope = Envelope(
        id=NOBODY,
        type=event.NAME,
        version=event.VERSION,
        source="matching",
        stream="",
        stream_version=1,
        key="",
        happened=at,
        recorded=at,
        actor=Actor("somebody", "operator"),
        correlation=NOBODY,
        simulated=True,
        previous=GENESIS,
    )
    return Recorded(event, envelope)


@dataclass
class Happenings:
    """Events by the state that they meet: nobody is booked who isn't free, no offer is answered twice."""

    crowd: Crowd
    most: int
    """Helpers at the same time."""
    step: timedelta = timedelta(seconds=17)
    """Between two events: a million take two hundred days."""
    files: Files = field(default_factory=Files)
    at: datetime = NOW
    past: list[Recorded] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Cadres, each with a home."""
        self._cadres = [some_id(self.crowd.random) for _ in range(CADRES)]
        self._serving: list[UUID] = []
        self._kinds: tuple[Callable[[HelperFile], Iterator[Event]], ...] = (
            *(self._book, self._book, self._book, self._serve, self._serve, self._serve),
            *(self._offer, self._offer, self._answer, self._answer, self._pair),
            *(self._move, self._change, self._wish, self._fail, self._stand),
        )

    def happen(self) -> int:
        """One thing more, which is some events or none; gives how many."""
        random, before = self.crowd.random, len(self.past)
        if len(self._serving) < self.most:
            self.take(self._enrolled())
        else:
            place = random.randrange(len(self._serving))
            file = self.files.roster.of(self._serving[place])
            if file is not None:
                for event in random.choice(self._kinds)(file):
                    self.take(event)
        return len(self.past) - before

    def take(self, event: Event) -> None:
        """It happens."""
        self.at += self.step
        self.past.append(told(event, self.at))
        self.files.take(self.past[-1:])

    @property
    def cadre(self) -> UUID:
        """One of them."""
        return self.crowd.random.choice(self._cadres)

    def booked(self, file: HelperFile, cadre: UUID, slot: Slot, place: Point | None = None) -> m.BookingMade:
        """Time taken at a place, or at another home."""
        made = self.crowd.booking(0)
        return m.BookingMade(
            helper=file.helper,
            booking=made.booking,
            request=made.request,
            cadre=cadre,
            slot=slot,
            place=place or made.place,
        )

    def _enrolled(self) -> Event:
        facts = self.crowd.file().facts
        self._serving.append(facts.helper)
        return m.HelperEnrolled(
            helper=facts.helper,
            kind=facts.kind,
            community=facts.community,
            association="",
            sex=facts.sex,
            skills=facts.skills,
            availability=facts.availability,
            capacity=facts.capacity,
            dialects=facts.dialects,
            since=None,
            profile=facts.profile,
        )

    def _slot(self) -> Slot:
        random = self.crowd.random
        start = self.at.replace(minute=0, second=0) + HOUR * random.randint(1, 24 * 6)
        return Slot(start=start, end=start + HOUR)

    def _book(self, file: HelperFile) -> Iterator[Event]:
        event = self.booked(file, self.cadre, self._slot())
        if file.active and file.facts.hindrance(event.slot, event.place) is None:
            yield event

    def _serve(self, file: HelperFile) -> Iterator[Event]:
        """What has begun is done, all else is given back."""
        for one in file.facts.bookings[:1]:
            done = one.slot.start < self.at
            yield m.BookingReleased(**_ids(file, one), reason="done" if done else "cancelled")
            if done:
                yield m.HoursCredited(**_ids(file, one), minutes=60)

    def _move(self, file: HelperFile) -> Iterator[Event]:
        slot = self._slot()
        for one in file.facts.bookings[:1]:
            if file.facts.hindrance(slot, one.place, one.booking) is None:
                yield m.BookingMoved(**_ids(file, one), visit=NOBODY, slot=slot)

    def _offer(self, file: HelperFile) -> Iterator[Event]:
        if file.active and len(file.offers) < OFFERS:
            random = self.crowd.random
            yield m.OfferMade(
                request=some_id(random),
                cadre=self.cadre,
                offer=some_id(random),
                helper=file.helper,
                helper_kind=file.facts.kind,
                slot=self._slot(),
                expires=self.at + HOUR,
                parallel=False,
                rank=1,
            )

    def _answer(self, file: HelperFile) -> Iterator[Event]:
        for request, offer in self.files.offers_to(file.helper)[:1]:
            about = {"request": request, "offer": offer, "cadre": NOBODY, "helper": file.helper}
            match self.crowd.random.randrange(4):
                case 0:
                    yield m.OfferAccepted(**about)
                case 1:
                    yield m.OfferDeclined(**about, reason=self.crowd.random.choice(tuple(DeclineReason)))
                case 2:
                    yield m.OfferExpired(**about)
                case _:
                    yield m.OfferRevoked(**about, reason="filled")

    def _pair(self, file: HelperFile) -> Iterator[Event]:
        for cadre in self.files.paired_to(file.helper):
            yield m.PairingEnded(pairing=NOBODY, helper=file.helper, cadre=cadre, reason="")
            return
        yield m.PairingBegun(pairing=NOBODY, helper=file.helper, cadre=self.cadre, community=None)

    def _change(self, file: HelperFile) -> Iterator[Event]:
        random, other, helper = self.crowd.random, self.crowd.file().facts, file.helper
        day = self.at.date() + timedelta(days=random.randint(-5, 60))
        certified = skill("medical", 0).model_copy(update={"until": day})
        away = self.at + HOUR * random.randint(-24, 72)
        yield random.choice(
            (
                m.HelperCorrected(
                    helper=helper, sex=other.sex, dialects=other.dialects, profile=other.profile
                ),
                m.SkillsChanged(helper=helper, skills=random.choice((other.skills, (certified,)))),
                m.AvailabilityChanged(
                    helper=helper, availability=other.availability, capacity=other.capacity
                ),
                m.AbsenceNoted(helper=helper, slot_start=away, slot_end=away + DAY),
                m.HelperAllocated(helper=helper, community=other.community, association=""),
                m.PreferencesChanged(helper=helper, services=other.glad),
            )
        )

    def _wish(self, file: HelperFile) -> Iterator[Event]:
        wish = self.crowd.random.choice(tuple(Wish))
        yield m.WishRecorded(helper=file.helper, cadre=self.cadre, wish=wish)
        if not file.facts.recused:
            yield m.RecusalDeclared(helper=file.helper, cadre=self.cadre, reason="")

    def _fail(self, file: HelperFile) -> Iterator[Event]:
        """Dropped out late, not come, or come badly."""
        for one in file.facts.bookings[:1]:
            yield m.BookingReleased(**_ids(file, one), reason="dropped")
            match self.crowd.random.randrange(3):
                case 0:
                    yield m.AssignmentDropped(**_ids(file, one), late=True, reason="")
                case 1:
                    yield m.NoShowRecorded(**_ids(file, one))
                case _:
                    yield m.MatchReopened(
                        request=one.request,
                        cadre=one.cadre,
                        round=2,
                        reason=ReopenReason.POOR_QUALITY,
                        barred=(file.helper,),
                    )

    def _stand(self, file: HelperFile) -> Iterator[Event]:
        """Suspended, resumed; one in eight leaves, and another comes."""
        if not file.active:
            yield m.HelperResumed(helper=file.helper)
        elif self.crowd.random.randrange(8):
            yield m.HelperSuspended(helper=file.helper, reason="")
        elif not file.facts.bookings:
            self._serving.remove(file.helper)
            yield m.HelperLeft(helper=file.helper)


def _ids(file: HelperFile, one: Booking) -> dict[str, UUID]:
    return {"helper": file.helper, "booking": one.booking, "request": one.request, "cadre": one.cadre}
