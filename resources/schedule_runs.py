"""Puts what is said of a schedule together as people write it: days of like hours, closings."""

from dataclasses import dataclass, replace

from resources.days import DAYS
from resources.schedule_said import UNSTATED, Hours, Said, SaidRule, UndatedClosing
from resources.schedules import Closed, Holidays


@dataclass(frozen=True)
class Run:
    """Rules that differ in their hours only; `with_holidays` = the same hours on holidays too."""

    rule: SaidRule
    hours: tuple[Hours, ...]
    with_holidays: bool = False


@dataclass(frozen=True)
class Written:
    """What is to be written.

    policies : what the runs say of holidays; `alike` = it need not be said of each by itself
    shut : closings in the order in which they are written; those without days are in `undated`
    """

    runs: list[Run]
    alike: bool
    policies: set[Holidays | None]
    shut: list[Closed]
    undated: list[UndatedClosing]


def written(said: Said) -> Written:
    """Return the runs and closings of what is said, in their order."""
    runs = _runs(said)
    # What moves is closed on the holiday; its own words say so.
    policies = {run.rule.holidays for run in runs if not run.rule.if_holiday}
    undated = [c for c in said.closed if isinstance(c, UndatedClosing)]
    dated = [c for c in said.closed if not isinstance(c, UndatedClosing)]
    shut = _weekly_together([part for c in dated for part in _parts(c)])
    never_on_holidays = any(c.holidays for c in dated)
    if never_on_holidays:
        runs = [run for run in runs if run.rule.holidays != "only"]
    alike = never_on_holidays or len(policies) < 2
    if never_on_holidays or policies == {"closed"}:
        shut.insert(0, Closed(holidays=True))
    return Written(runs, alike, policies, sorted(shut, key=_order), undated)


def says_open(parts: Written) -> bool:
    """Tell whether it has to be said once, for all, that holidays are open."""
    told = all(run.with_holidays for run in parts.runs) or any(c.holidays for c in parts.shut)
    always = len(parts.runs) == 1 and is_always(parts.runs[0])
    return parts.policies == {"open"} and not told and not always


def is_always(run: Run) -> bool:
    """Tell whether it is 年中無休 alone: open every day, and no hours are said."""
    return run == Run(SaidRule(holidays="open"), (UNSTATED,))


def is_weekly(closed: Closed) -> bool:
    """Tell whether it is closed on some days of each week."""
    return bool(closed.days and not closed.nth and not closed.if_holiday)


def _runs(said: Said) -> list[Run]:
    found: dict[SaidRule, list[Hours]] = {}
    for rule in said.rules:
        days = () if set(rule.days) == set(DAYS) and not rule.nth else rule.days
        if not rule.hours.complete():
            days = rule.days  # every day that is named isn't the same as no day
        month_days = () if days != rule.days else rule.month_days
        which = replace(rule, days=days, month_days=month_days, hours=UNSTATED)
        if rule.holidays == "only":
            which = SaidRule(holidays="only")
        hours = found.setdefault(which, [])
        if rule.hours not in hours:
            hours.append(rule.hours)
    runs = [Run(rule, tuple(sorted(hours, key=_first))) for rule, hours in found.items()]
    return _joined_with_holidays(_joined_weekly(runs))


def _first(hours: Hours) -> tuple[int, int]:
    return hours.start or 0, hours.end or 0


def _joined_weekly(runs: list[Run]) -> list[Run]:
    """Put days of every week that have the same hours together: 月～金, not 月曜, 火曜 …."""
    joined: dict[object, Run] = {}
    for run in runs:
        rule = run.rule
        if rule.nth or rule.month_days or not rule.days or rule.holidays == "only":
            joined[run] = run
            continue
        alike = (run.hours, rule.holidays, rule.if_holiday)
        before = joined[alike].rule.days if alike in joined else ()
        days = tuple(d for d in DAYS if d in {*before, *rule.days})
        every = days == DAYS and all(h.complete() for h in run.hours)
        joined[alike] = Run(replace(rule, days=() if every else days), run.hours)
    return list(joined.values())


def _joined_with_holidays(runs: list[Run]) -> list[Run]:
    """Put holidays to the days that are open with the same hours: 土・日・祝日."""
    only = next((r for r in runs if r.rule.holidays == "only"), None)
    weekly = [
        r for r in runs
        if only and r.hours == only.hours and r.rule.holidays == "open" and r.rule.days
        and not r.rule.nth and not r.rule.month_days
    ]  # fmt: skip
    if not weekly:
        return runs
    joined = Run(weekly[0].rule, weekly[0].hours, with_holidays=True)
    return [joined if r is weekly[0] else r for r in runs if r is not only]


def _parts(closed: Closed) -> list[Closed]:
    """Return what one closing says one by one, holidays aside."""
    found = []
    if closed.days:
        found.append(Closed(closed.days, closed.nth, if_holiday=closed.if_holiday))
    if closed.month_days:
        found.append(Closed(month_days=closed.month_days, if_holiday=closed.if_holiday))
    if closed.from_day:
        found.append(Closed(from_day=closed.from_day, to_day=closed.to_day))
    if closed.dates:
        found.append(Closed(dates=closed.dates))
    return found


def _weekly_together(shut: list[Closed]) -> list[Closed]:
    weekly = {d for c in shut if is_weekly(c) for d in c.days}
    others = [c for c in shut if not is_weekly(c)]
    return [Closed(tuple(d for d in DAYS if d in weekly)), *others] if weekly else others


def _order(closed: Closed) -> int:
    """What moves comes first, so that the words behind it can be meant for nothing else."""
    kinds = (closed.holidays, closed.if_holiday, closed.days and not closed.nth, closed.days,
             closed.month_days, closed.from_day)  # fmt: skip
    return next((i for i, said in enumerate(kinds) if said), len(kinds))
