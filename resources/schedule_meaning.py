"""Makes a schedule of what was read, or says that its parts contradict each other."""

from dataclasses import replace
from itertools import combinations, pairwise, product

from resources.days import DAYS
from resources.schedule_limits import Unclear, days_of, with_limits
from resources.schedule_reading import Group, Policy, Reading, Span, text_of
from resources.schedule_said import UNSTATED, Hours, Said, SaidRule
from resources.schedule_words import Days, NotUnderstood, Word
from resources.schedules import Closed, Holidays

WEEKEND = {"sat", "sun"}


def meaning(reading: Reading, words: list[Word]) -> Said:
    """Return what is said; raise `NotUnderstood` with the whole where its parts don't agree."""
    if not reading.groups and not reading.limits and reading.named is None:
        return _closings_alone(reading, words)
    try:
        groups = _groups(reading)
        _check_closings(reading)
    except Unclear:
        raise NotUnderstood(text_of(words)) from None
    default = _default_policy(reading, groups, words)
    on_holidays = any(d.holidays for g in groups for d in g.days)
    rules: list[SaidRule] = []
    for group in groups:
        for span in group.hours:
            hours = reading.stated.get(span) or Hours(*span)
            rules.extend(_rules(reading, group, hours, default, on_holidays=on_holidays))
    if not rules or any(r.hours == UNSTATED and _without_days(r) for r in rules):
        raise NotUnderstood(text_of(words))
    closed = tuple(reading.closed)
    if any(g.move and g.holidays == "closed" for g in groups):
        closed = (Closed(holidays=True), *closed)  # nor on the next day, if that is one
    return Said(tuple(rules), closed)


def _without_days(rule: SaidRule) -> bool:
    """Tell whether a rule names no day; 年中無休 does."""
    named = rule.days or rule.month_days or rule.on or rule.holidays == "only"
    return not named and rule.holidays != "open"


def _closings_alone(reading: Reading, words: list[Word]) -> Said:
    """Return 水曜定休, 祝日は休み: closings, and no word of when it is open."""
    if any(policy != "closed" for _, policy in reading.holiday_notes):
        raise NotUnderstood(text_of(words))
    on_holidays = [Closed(holidays=True)] if reading.holiday_notes else []
    if not (on_holidays or reading.closed):
        raise NotUnderstood(text_of(words))
    return Said((), (*on_holidays, *reading.closed))


def _groups(reading: Reading) -> list[Group]:
    if not reading.groups:
        raise Unclear
    if reading.named is not None:
        said = [d for g in reading.groups for d in g.days]
        if days_of(said) != days_of(reading.named) or not all(g.days for g in reading.groups):
            raise Unclear
    _put_holidays(reading)
    if reading.limits and any(reading.stated.values()):
        raise Unclear  # what limits hours that are half said
    if any(g.move for g in reading.groups) and (reading.limits or len(reading.groups) > 1):
        raise Unclear  # of which of them?
    _take_weekends_from_school(reading)
    groups = with_limits(_with_the_rest(reading), reading.limits)
    for group in groups:
        group.hours = sorted(group.hours)
        if any(start < end for (_, end), (start, _) in pairwise(group.hours)):
            raise Unclear  # overlapping hours: they mean something else
    for a, b in combinations(groups, 2):
        if _share_a_day(a.days, b.days) and _overlap(a.hours, b.hours):
            raise Unclear  # 月~土9時~17時 土曜9時~12時: which holds on Saturday?
    return groups


def _put_holidays(reading: Reading) -> None:
    """Give groups what was said of holidays in brackets behind them; at the end it is of all."""
    count = len(reading.groups)
    for behind, policy in reading.holiday_notes:
        if behind is None or behind == count or (behind == 0 and count == 1):
            targets = reading.groups
        elif behind == 1:
            targets = reading.groups[:1]
        else:
            raise Unclear
        for group in targets:
            if group.holidays not in (None, policy):
                raise Unclear
            if not any(d.holidays for d in group.days):
                group.holidays = policy
            elif policy == "closed":
                raise Unclear  # hours on holidays, and closed on holidays


def _check_closings(reading: Reading) -> None:
    """Refuse closings in brackets behind some days where they could be meant for these only."""
    for behind, closed in reading.closings_between:
        others = reading.groups[behind:] + reading.groups[: max(behind - 1, 0)]
        if behind == len(reading.groups) or not others:
            continue  # at the end: of all
        named = {d for g in others for x in g.days for d in (DAYS if x.every else x.days)}
        if not closed.days or named & set(closed.days) or not all(g.days for g in others):
            raise Unclear


def _with_the_rest(reading: Reading) -> list[Group]:
    """Give bare hours the days that nothing else is said of; refuse if a weekend is left open."""
    bare = [g for g in reading.groups if not g.days]
    told = [d for g in reading.groups for d in g.days]
    told += [d for limit in reading.limits for d in limit.days]
    if not bare or not told:
        return reading.groups
    own = [d for g in reading.groups for d in g.days if not d.only_holidays()]
    if (
        len(bare) > 1
        or reading.groups[0] is not bare[0]
        or any(d.nth or d.month_days for d in told)
    ):
        raise Unclear  # which days the bare hours are for isn't said
    shut = _shut_weekly(reading)
    named = {d for x in told for d in (DAYS if x.every else x.days)}
    if _after_school(reading, bare[0]) and named <= WEEKEND and not _odd(told):
        return reading.groups  # 放課後~18:30 土曜日8:00~18:30: the days of school, and Saturdays
    if "sun" not in named | shut and ("sat" in named or not shut):
        raise Unclear  # 9:00~17:00(土曜は12:00まで): and on Sundays?
    mine = {d for x in own for d in x.days} | shut
    left = tuple(d for d in DAYS if d not in mine)
    if not left:
        raise Unclear
    first = replace(bare[0], days=[Days(left)])
    return [first, *reading.groups[1:]]


def _some_complete(reading: Reading, group: Group) -> bool:
    return any(reading.stated.get(span) is None for span in group.hours)


def _odd(days: list[Days]) -> bool:
    return any(d.holidays or d.weekday or d.every or d.off_school for d in days)


def _after_school(reading: Reading, group: Group) -> bool:
    hours = [reading.stated.get(span) for span in group.hours]
    return all(h is not None and h.from_event == "after_school" for h in hours)


def _take_weekends_from_school(reading: Reading) -> None:
    """月~土 放課後~18:30 土曜8:00~18:30: no school ends on a Saturday that has hours of its own.

    Saturdays and Sundays are no days of school (学校教育法施行規則 第61条).
    """
    own = {
        day for g in reading.groups if not _after_school(reading, g)
        for d in g.days if set(d.days) <= WEEKEND and not (d.nth or _odd([d]))
        for day in d.days
    }  # fmt: skip
    for group in reading.groups:
        if own and group.days and _after_school(reading, group):
            group.days = [
                replace(d, days=tuple(x for x in d.days if x not in own)) for d in group.days
            ]
            if not all(d.days for d in group.days):
                raise Unclear


def _default_policy(reading: Reading, groups: list[Group], words: list[Word]) -> Policy | None:
    if not reading.always:
        return None
    weekdays = any(d.weekday for g in groups for d in g.days)
    if weekdays or any(g.holidays == "closed" for g in groups):
        raise NotUnderstood(text_of(words))
    if any(c.days or c.month_days for c in reading.closed):
        raise NotUnderstood(text_of(words))  # 無休, and closed every week
    return "open"


def _share_a_day(some: list[Days], others: list[Days]) -> bool:
    for a, b in product(some, others):
        if a.only_holidays() and b.holidays:
            return True
        days_a, days_b = (set(DAYS if d.every else d.days) for d in (a, b))
        apart = a.nth and b.nth and not _weeks(a.nth) & _weeks(b.nth)
        if days_a & days_b and not apart:
            return True
    return False


def _weeks(nth: tuple[int, ...]) -> set[int]:
    """Return the weeks of the month that are meant; the last is the fourth or the fifth."""
    return set(nth) | ({4, 5} if -1 in nth else set())


def _overlap(some: list[Span], others: list[Span]) -> bool:
    return any(a < d and c < b for (a, b), (c, d) in product(some, others))


def _shut_weekly(reading: Reading) -> set[str]:
    return {d for c in reading.closed if _is_weekly(c) for d in c.days}


def _is_weekly(closed: Closed) -> bool:
    return not (closed.nth or closed.if_holiday or closed.month_days)


def _policy(group: Group, default: Policy | None, *, on_holidays: bool) -> Holidays | None:
    """Return what holds on holidays; where hours of their own are stated, no other hours do."""
    said = group.holidays or default
    if said is None:
        return "closed" if on_holidays else None
    return None if said == "ask" else said


def _rules(
    reading: Reading,
    group: Group,
    hours: Hours,
    default: Policy | None,
    *,
    on_holidays: bool,
) -> list[SaidRule]:
    """Return the rules of one run of hours; days that are closed every week are taken out."""
    # Hours of their own are what holidays would have; without hours they are days among days.
    policy = _policy(group, default, on_holidays=on_holidays and hours != UNSTATED)
    if group.move and policy not in (None, "closed"):
        raise NotUnderstood("祝日")  # moved, and held on holidays
    policy = "closed" if group.move else policy
    shut = _shut_weekly(reading)
    named = group.days
    if not named:
        left = tuple(d for d in DAYS if d not in shut) if shut else ()
        if not shut and not hours.complete() and _some_complete(reading, group):
            left = DAYS  # 9:00~12:00、13:00~: of the same days
        return [SaidRule(left, hours=hours, holidays=policy)] if left or not shut else []
    out: list[SaidRule] = []
    weekly = tuple(
        d for d in DAYS
        if d not in shut and any(d in n.days and not (n.nth or n.weekday) for n in named)
    )  # fmt: skip
    working = tuple(d for d in DAYS[:5] if d not in shut) if any(n.weekday for n in named) else ()
    with_holidays = any(n.holidays for n in named)
    if (working and (group.holidays not in (None, "closed") or with_holidays)) or (
        with_holidays and group.holidays not in (None, "open")
    ):
        raise NotUnderstood("祝日")
    if any(n.every for n in named):
        # Where hours aren't complete, no days at all would mean that none are said.
        out.append(SaidRule(() if hours.complete() else DAYS, hours=hours, holidays=policy))
    if working:
        out.append(SaidRule(working, hours=hours, holidays="closed"))
    if weekly:
        kept: Holidays | None = "open" if with_holidays else policy
        out.append(SaidRule(weekly, hours=hours, holidays=kept, if_holiday=group.move))
    for n in named:
        if n.nth:
            out.append(SaidRule(n.days, n.nth, (), hours, policy, if_holiday=group.move))
        if n.month_days:
            out.append(SaidRule((), (), n.month_days, hours, policy, if_holiday=group.move))
        if n.off_school:
            out.append(SaidRule(hours=hours, holidays=policy, on=n.off_school))
    if any(n.holidays for n in named):
        out.append(SaidRule((), hours=hours, holidays="only"))
    return out
