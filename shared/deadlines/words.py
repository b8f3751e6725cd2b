"""A deadline in words, for the consoles: each stretch counted, paused or skipped, and why."""

from datetime import datetime, timedelta

import chinese_calendar

from shared.deadlines.deadline import Deadline, Level, Stretch
from shared.deadlines.policy import (
    BeforeSlot,
    EndOfNextDay,
    Span,
    Stage,
    Track,
    WallTime,
    WorkingDays,
    WorkingTime,
)
from shared.deadlines.workdays import SHANGHAI, Reason

Words = tuple[str, str]
"""Chinese, English."""

TRACKS: dict[Track, Words] = {
    Track.RESCUE: ("特急", "Rescue"),
    Track.URGENT: ("紧急", "Urgent"),
    Track.ROUTINE: ("一般", "Routine"),
    Track.SCHEDULED: ("定期", "Scheduled"),
    Track.FUNDING: ("帮困资金", "Funding"),
}
STAGES: dict[Stage, Words] = {
    Stage.FIRST_ACTION: ("首次处置", "first action"),
    Stage.MATCHED: ("匹配", "matched"),
    Stage.FINISHED: ("办结", "finished"),
    Stage.CALLBACK: ("回访", "callback"),
    Stage.VERIFY: ("社区核实", "community verification"),
    Stage.REVIEW: ("局审核", "bureau review"),
}
LEVELS: dict[Level, Words] = {
    Level.WARN: ("预警", "Warning"),
    Level.DUE: ("到期", "Due"),
    Level.URGE: ("街道催办", "Urged by the subdistrict"),
    Level.SUPERVISE: ("局督办", "Supervised by the bureau"),
}
KINDS: dict[str, Words] = {
    "counted": ("计时", "counted"),
    "paused": ("暂停", "paused"),
    "skipped": ("不计", "skipped"),
}
REASONS: dict[str, Words] = {
    Reason.AROUND_THE_CLOCK: ("全天候", "around the clock"),
    Reason.WORKING_HOURS: ("工作时间", "working hours"),
    Reason.LIEU_WORKDAY: ("调休上班", "working day in exchange"),
    Reason.OUTSIDE_HOURS: ("非工作时间", "outside working hours"),
    Reason.WEEKEND: ("周末", "weekend"),
    Reason.HOLIDAY: ("放假", "holiday"),
    Reason.NOT_OPEN_YET: ("距约定时间尚早", "long before the agreed time"),
}
DAYS: Words = ("一二三四五六日", "MonTueWedThuFriSatSun")


def explain(deadline: Deadline, language: str) -> list[str]:
    """The deadline in lines of `zh` or `en`, times of Shanghai.

    First the rule, then the stretches up to the moment it is due, then its four moments, then one line for
    each year whose calendar had to be guessed.
    """
    zh = language == "zh"
    lines = [_heading(deadline, zh=zh), *(_stretch(stretch, zh=zh) for stretch in deadline.stretches)]
    lines += [
        f"{_say(LEVELS[level], zh=zh)}{'：' if zh else ': '}{_moment(at, zh=zh)}"
        for at, level in deadline.moments
    ]
    if deadline.due is None:
        lines.append("已暂停，恢复后再计算到期时间" if zh else "Paused: due is known once it is resumed")
    lines += [
        f"{year}年放假安排尚未公布，暂按周一至周五为工作日"
        if zh
        else f"calendar of {year} not published yet: Monday to Friday taken as working days"
        for year in deadline.unpublished
    ]
    return lines


def _say(words: Words, *, zh: bool) -> str:
    return words[0] if zh else words[1]


def _heading(deadline: Deadline, *, zh: bool) -> str:
    what = _say(STAGES[deadline.stage], zh=zh)
    track, span = _say(TRACKS[deadline.track], zh=zh), _span(deadline.rule, zh=zh)
    total = _length(deadline.span, zh=zh)
    if zh:
        extended = f"，已延期{deadline.extensions}次" if deadline.extensions else ""
        return f"{track}·{what}：{span}{extended}，共计时{total}"
    extended = f", extended {deadline.extensions}×" if deadline.extensions else ""
    return f"{track}, {what}: {span}{extended}, {total} counted in all"


def _span(span: Span, *, zh: bool) -> str:
    match span:
        case WallTime():
            return f"{_length(span.amount, zh=zh)}内" if zh else f"within {_length(span.amount, zh=zh)}"
        case WorkingTime():
            length = _length(span.amount, zh=zh)
            return f"工作时间{length}内" if zh else f"within {length} of working time"
        case WorkingDays():
            return (
                f"{span.days}个工作日内" if zh else f"within {span.days} working day{'s' * (span.days > 1)}"
            )
        case EndOfNextDay(working=True):
            return "下一个工作日下班前" if zh else "by the close of the next working day"
        case EndOfNextDay():
            return "次日结束前" if zh else "by the end of the next day"
        case BeforeSlot():
            if not span.lead:
                return "约定时间之前" if zh else "by the agreed time"
            lead = _length(span.lead, zh=zh)
            return f"约定时间{lead}之前" if zh else f"{lead} before the agreed time"


def _stretch(stretch: Stretch, *, zh: bool) -> str:
    begin = _moment(stretch.begin, zh=zh)
    if stretch.code == Reason.PAUSED:
        reason = stretch.detail
    else:
        reason = _say(REASONS[stretch.code], zh=zh)
        if stretch.detail:
            holiday = chinese_calendar.Holiday[stretch.detail]
            reason = f"{holiday.chinese}{reason}" if zh else f"{reason}, {holiday.value}"
    kind = _say(KINDS[stretch.kind], zh=zh)
    if stretch.end is None:
        return f"{begin} 起：{kind}（{reason}）" if zh else f"from {begin} on: {kind} ({reason})"
    until, length = _moment(stretch.end, zh=zh), _length(stretch.end - stretch.begin, zh=zh)
    if zh:
        return f"{begin} 至 {until}：{kind}{length}（{reason}）"
    return f"{begin} to {until}: {kind} {length} ({reason})"


def _moment(moment: datetime, *, zh: bool) -> str:
    local = moment.astimezone(SHANGHAI)
    day = f"周{DAYS[0][local.weekday()]}" if zh else DAYS[1][3 * local.weekday() :][:3]
    seconds = local.strftime(":%S") if local.second else ""
    clock = f"{local:%H:%M}{seconds}"
    return f"{local:%Y-%m-%d} {day} {clock}" if zh else f"{day} {local:%Y-%m-%d} {clock}"


def _length(length: timedelta, *, zh: bool) -> str:
    """Hours, minutes and seconds; the days of a stretch would be read as working days."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    units = ((hours, "小时", " h"), (minutes, "分钟", " min"), (seconds, "秒", " s"))
    parts = [f"{count}{chinese if zh else english}" for count, chinese, english in units if count]
    return ("" if zh else " ").join(parts) or ("0秒" if zh else "0 s")
