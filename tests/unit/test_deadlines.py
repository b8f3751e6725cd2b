"""Deadlines against the calendar of 2026, reckoned by hand."""

from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from pydantic import ValidationError

from shared.deadlines import (
    DEFAULT,
    QUICK,
    SHANGHAI,
    ExtensionsUsedUpError,
    Hours,
    Level,
    NoDeadlineError,
    NoSlotError,
    Pause,
    Policy,
    SlotNotExtendedError,
    Stretch,
    explain,
    reckon,
    working_between,
    working_time,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def at(text: str) -> datetime:
    """A time of Shanghai in 2026, from `02-14 09:30`; another year when it is given."""
    return datetime.fromisoformat(text if text.count("-") == 2 else f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("urgency", "stage", "service", "start", "due"),
    [
        pytest.param("routine", "first_action", None, "03-02 11:00", "03-02 15:00", id="over lunch"),
        pytest.param("routine", "first_action", None, "03-02 15:00", "03-02 17:00", id="to the close"),
        pytest.param("routine", "first_action", None, "03-02 23:59", "03-03 10:30", id="at night"),
        pytest.param("routine", "first_action", None, "03-03 00:00", "03-03 10:30", id="at midnight"),
        pytest.param("routine", "first_action", None, "03-06 16:00", "03-09 09:30", id="over a weekend"),
        pytest.param("routine", "first_action", None, "02-13 16:00", "02-14 09:30", id="swapped Saturday"),
        pytest.param("routine", "matched", None, "02-14 10:00", "02-24 10:00", id="over Spring Festival"),
        pytest.param("routine", "matched", None, "03-02 12:00", "03-03 11:30", id="from lunch on"),
        pytest.param("routine", "matched", None, "2025-12-31 16:00", "01-04 16:00", id="over New Year"),
        pytest.param("routine", "finished", None, "09-30 13:30", "10-10 11:30", id="over National Day"),
        pytest.param("routine", "finished", "repair", "03-02 08:30", "03-06 17:00", id="repair has five"),
        pytest.param("routine", "finished", "meals", "03-02 08:30", "03-04 17:00", id="others have three"),
        pytest.param("routine", "callback", None, "03-06 09:00", "03-09 17:00", id="next working day"),
        pytest.param("routine", "callback", None, "09-18 18:00", "09-20 17:00", id="next is a Sunday"),
        pytest.param("urgent", "callback", None, "03-06 23:59", "03-08 00:00", id="next day, at night"),
        pytest.param("urgent", "callback", None, "03-07 00:00", "03-09 00:00", id="next day, from midnight"),
        pytest.param("urgent", "finished", None, "02-16 09:00", "02-17 09:00", id="24 h on a holiday"),
        pytest.param("rescue", "matched", None, "02-16 23:58", "02-17 00:03", id="rescue at New Year's Eve"),
        pytest.param("scheduled", "first_action", None, "02-16 09:00", "02-17 09:00", id="a day"),
        pytest.param("funding", "verify", None, "04-30 08:30", "05-07 17:00", id="over Labour Day"),
        pytest.param("funding", "review", None, "04-30 08:30", "05-09 17:00", id="to its swapped Saturday"),
    ],
)
def test_due_by_hand(urgency: str, stage: str, service: str | None, start: str, due: str) -> None:
    """Each case was reckoned by hand on the official calendar of 2026."""
    assert reckon(DEFAULT, urgency, stage, at(start), service=service).due == at(due)


def test_pressing_by_hand() -> None:
    """Of 3 working days, warning comes at 75 %, 催办 half as much later, 督办 as much again later."""
    deadline = reckon(DEFAULT, "routine", "finished", at("03-02 08:30"))
    assert deadline.moments == (
        (at("03-04 10:07:30"), Level.WARN),
        (at("03-04 17:00"), Level.DUE),
        (at("03-06 13:45"), Level.URGE),
        (at("03-09 17:00"), Level.SUPERVISE),
    )


def test_stretches_by_hand() -> None:
    """A pause over the close of a swapped Saturday, then the holidays, each with its reason."""
    pause = Pause(at("02-14 16:00"), at("02-14 18:00"), "in hospital")
    deadline = reckon(DEFAULT, "routine", "first_action", at("02-14 15:00"), [pause])
    assert deadline.stretches == (
        Stretch(at("02-14 15:00"), at("02-14 16:00"), "counted", "lieu_workday:spring_festival"),
        Stretch(at("02-14 16:00"), at("02-14 18:00"), "paused", "paused:in hospital"),
        Stretch(at("02-14 18:00"), at("02-15 00:00"), "skipped", "outside_hours"),
        Stretch(at("02-15 00:00"), at("02-24 00:00"), "skipped", "holiday:spring_festival"),
        Stretch(at("02-24 00:00"), at("02-24 08:30"), "skipped", "outside_hours"),
        Stretch(at("02-24 08:30"), at("02-24 09:30"), "counted", "working_hours"),
    )


def test_open_pause_keeps_what_came_before() -> None:
    """Under an open pause there is no due, but a warning that came before it stands."""
    pause = Pause(at("03-02 09:55"), None, "no key")
    deadline = reckon(DEFAULT, "urgent", "matched", at("03-02 09:00"), [pause])
    assert (deadline.warn_at, deadline.due, deadline.urge_at) == (at("03-02 09:45"), None, None)
    assert deadline.stretches[-1] == Stretch(at("03-02 09:55"), None, "paused", "paused:no key")
    assert deadline.next_point(at("03-02 09:45")) is None


def test_extension_adds_half_of_the_span() -> None:
    """3 working days extended twice are 6, and 督办 comes another 6 later."""
    deadline = reckon(DEFAULT, "routine", "finished", at("03-02 08:30"), extensions=2)
    assert (deadline.due, deadline.supervise_at) == (at("03-09 17:00"), at("03-17 17:00"))


def test_third_extension_is_refused() -> None:
    """The policy knows two."""
    with pytest.raises(ExtensionsUsedUpError):
        reckon(DEFAULT, "routine", "finished", at("03-02 08:30"), extensions=3)


def test_slot_counts_its_last_day() -> None:
    """A slot a month ahead is warned of 6 h before it, not a week, and urged 12 h after."""
    deadline = reckon(DEFAULT, "scheduled", "finished", at("03-02 09:00"), slot=at("04-02 09:00"))
    assert (deadline.due, deadline.warn_at) == (at("04-02 09:00"), at("04-02 03:00"))
    assert (deadline.urge_at, deadline.supervise_at) == (at("04-02 21:00"), at("04-03 09:00"))
    assert [stretch.code for stretch in deadline.stretches] == ["not_open_yet", "around_the_clock"]


def test_slot_too_near_is_due_at_once() -> None:
    """Asked for within the lead, matching is late from the start, but pressed step by step."""
    start = at("03-02 09:00")
    deadline = reckon(DEFAULT, "scheduled", "matched", start, slot=start + 5 * MINUTE)
    assert (deadline.due, deadline.stretches, deadline.level_at(start)) == (start, (), Level.DUE)
    assert deadline.next_point(start) == (at("03-02 21:00"), Level.URGE)


def test_slot_is_not_moved_by_a_pause_or_an_extension() -> None:
    """A visit is moved, not its deadline."""
    start, slot = at("03-02 09:00"), at("03-03 09:00")
    pause = Pause(start, start + 60 * MINUTE, "asked to wait")
    assert reckon(DEFAULT, "scheduled", "finished", start, [pause], slot=slot).due == slot
    with pytest.raises(SlotNotExtendedError):
        reckon(DEFAULT, "scheduled", "finished", start, slot=slot, extensions=1)


def test_slot_must_be_known() -> None:
    """A deadline before a slot needs the slot."""
    with pytest.raises(NoSlotError):
        reckon(DEFAULT, "scheduled", "finished", at("03-02 09:00"))


def test_stage_without_a_deadline() -> None:
    """Funding is not matched, and says so in the words of the case."""
    with pytest.raises(NoDeadlineError, match="matched of funding"):
        reckon(DEFAULT, "funding", "matched", at("03-02 09:00"))


@pytest.mark.parametrize("pauses", [[], [Pause(at("03-02 09:00"), at("03-02 08:00"), "backwards")]])
def test_bad_times_are_refused(pauses: list[Pause]) -> None:
    """A time without a zone, and a pause that ends before it begins."""
    start = at("03-02 09:00") if pauses else datetime(2026, 3, 2, 9)  # noqa: DTZ001 - the point of it
    with pytest.raises(ValueError, match=r"zone|before it begins"):
        reckon(DEFAULT, "routine", "matched", start, pauses)


def test_next_point_walks_the_levels() -> None:
    """A timer that asks after each moment meets all four, then nothing."""
    deadline = reckon(DEFAULT, "rescue", "finished", at("03-02 09:00"))
    met, now = [], deadline.start
    while point := deadline.next_point(now):
        now = point[0]
        met.append(((now - deadline.start) // MINUTE, point[1]))
    assert met == [(15, "warn"), (20, "due"), (30, "urge"), (40, "supervise")]


def test_year_without_calendar_is_guessed_and_says_so() -> None:
    """New Year's Day 2027, a Friday, is taken for a working day, and the explanation owns up."""
    deadline = reckon(DEFAULT, "routine", "matched", at("12-31 16:00"))
    assert deadline.due == at("2027-01-01 16:00")
    assert any("calendar of 2027 not published yet" in line for line in explain(deadline, "en"))
    assert any("2027年放假安排尚未公布" in line for line in explain(deadline, "zh"))


def test_explanation_reads_in_both_languages() -> None:
    """The rule, each stretch with its holiday, and the moments."""
    deadline = reckon(DEFAULT, "routine", "first_action", at("02-13 16:00"))
    zh, en = explain(deadline, "zh"), explain(deadline, "en")
    assert "2026-02-14 周六 08:30 至 2026-02-14 周六 09:30：计时1小时（春节调休上班）" in zh
    assert (
        "Sat 2026-02-14 08:30 to Sat 2026-02-14 09:30: counted 1 h (working day in exchange, Spring Festival)"
        in en
    )
    assert "到期：2026-02-14 周六 09:30" in zh
    assert "Due: Sat 2026-02-14 09:30" in en


def test_explanation_of_an_open_pause() -> None:
    """It says that the due is not known yet, and why the clock stands."""
    start = at("03-02 09:00")
    lines = explain(reckon(DEFAULT, "urgent", "finished", start, [Pause(start, None, "no key")]), "en")
    assert "from Mon 2026-03-02 09:00 on: paused (no key)" in lines
    assert "Paused: due is known once it is resumed" in lines


def test_quick_has_seconds_for_minutes() -> None:
    """Arrival in 20 s, 3 working days in 1,170 s, at any hour of any day."""
    start = at("02-16 23:00")
    assert reckon(QUICK, "rescue", "finished", start).due == start + timedelta(seconds=20)
    assert reckon(QUICK, "routine", "finished", start).due == start + timedelta(seconds=3 * 390)


def test_policy_survives_json() -> None:
    """The configuration is written and read back as it was."""
    assert Policy.model_validate_json(DEFAULT.model_dump_json()) == DEFAULT


@pytest.mark.parametrize(
    "change",
    [
        {"rescue": DEFAULT.routine},
        {"urge": 2.0},
        {"hours": DEFAULT.hours[::-1]},
        {"hours": ()},
    ],
    ids=["rescue in working time", "bureau before subdistrict", "hours out of order", "no hours"],
)
def test_policy_refuses_nonsense(change: dict[str, object]) -> None:
    """What would contradict the rules is no policy."""
    with pytest.raises(ValidationError):
        Policy.model_validate({**dict(DEFAULT), **change})


def test_hours_may_end_at_midnight() -> None:
    """A late shift to 00:00 joins the next day's without a gap."""
    shift = (Hours(opens=time(22), closes=time(0)),)
    assert working_time(at("03-02 23:00"), 90 * MINUTE, shift) == at("03-03 22:30")


def test_every_published_day_agrees_with_the_calendar() -> None:
    """From 2004 to 2026 a day has 6 h 30 min of working time when it is a working day, else none."""
    day, wrong = date(2004, 1, 1), []
    while day.year < 2027:
        begin = datetime.combine(day, time(), SHANGHAI)
        expected = timedelta(hours=6.5) if chinese_calendar.is_workday(day) else timedelta(0)
        if working_between(begin, begin + DAY) != expected:
            wrong.append(day)
        day += DAY
    assert wrong == []
