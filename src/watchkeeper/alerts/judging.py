"""From what has changed about a deployment to firings, and from firings to messages.

Nothing is remembered between two judgements but the firings: from the earliest day that has changed on, the readings
say which spells there are, and the firings are brought in line with them. So late rows and late labels find their
firing however late they are, and a judge that is killed has either done everything or nothing.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from watchkeeper.alerts.channel import Event
from watchkeeper.alerts.firing import Firing, Spell
from watchkeeper.alerts.ports import OpenUnit, Unit
from watchkeeper.alerts.rule import Reading, Rule, breaches
from watchkeeper.alerts.saying import metric_name, plainly, said_of
from watchkeeper.alerts.signals import SIGNALS
from watchkeeper.alerts.signals.signal import Question, Signal
from watchkeeper.alerts.spelling import Change, changes, spells
from watchkeeper.alerts.spells_of_columns import spells_of_columns
from watchkeeper.alerts.starting import start_rules
from watchkeeper.alerts.telling import Telling
from watchkeeper.clock import Clock
from watchkeeper.errors import WatchkeeperError
from watchkeeper.health.disk import MeasureDisk, nothing_known
from watchkeeper.monitoring import ports as monitoring
from watchkeeper.monitoring.days import moved, today
from watchkeeper.monitoring.ports import Changed, JournalPlaces
from watchkeeper.monitoring.usage.using import DaysOf
from watchkeeper.names import new_id
from watchkeeper.serving.deployment import Deployment

log = logging.getLogger(__name__)
SETTLED = timedelta(minutes=1)
"""After so long without a change the newest day of the past counts as over."""
LOOK_BACK = 40
"""Days and more, for windows that a rule looks back on where days have no rows."""
OLD_NEWS = 7
"""Days after which nobody is told of what was over before it was found."""


@dataclass(frozen=True)
class Judgement:
    """What the readings of one rule say."""

    rule: Rule
    start: str
    spells: Sequence[Spell]


@dataclass(frozen=True)
class Asked:
    """All that a judgement by days depends on beside the rows: where it is as it was, nothing else would be found.

    Attributes:
        changed: what has changed and has not been judged to its end.
        rules: those that are switched on.
        events: the first and the last day of rows; `arrivals` of calls.
        over: the newest day that is over.
    """

    changed: Sequence[monitoring.Change]
    rules: Sequence[Rule]
    events: tuple[str, str] | None
    arrivals: tuple[str, str] | None
    over: str | None
    here: str

    @property
    def nothing(self) -> bool:
        return not self.changed and all(each.anew is None or SIGNALS[each.signal].momentary for each in self.rules)


@dataclass(frozen=True)
class Judge:
    """`look` opens a transaction that only reads, `unit` one that writes. `seen` is what was judged last."""

    unit: OpenUnit
    look: OpenUnit
    places: JournalPlaces
    clock: Clock
    telling: Telling
    disk: MeasureDisk = nothing_known
    seen: dict[str, Asked] = field(default_factory=dict)

    def judge(self, deployment: Deployment) -> int:
        """All rules by what has changed; how many firings opened, closed or changed."""
        with self.look() as work:
            begun = work.rules.begun(deployment.id)
        if not begun:
            with self.unit() as work:
                start_rules(deployment, work=work, clock=self.clock)
        with self.look() as work:
            asked = self._asked(deployment, work)
            if asked.nothing or self.seen.get(deployment.id) == asked:
                return 0
            found = [self._tried(deployment, rule, asked, work) for rule in asked.rules]
        judged = [each for each in found if isinstance(each, Judgement)]
        done = [each for each in asked.changed if each.of is Changed.USAGE or each.day <= (asked.over or "")]
        count = self._kept(deployment, judged, done) if judged or done else 0
        if not any(isinstance(each, WatchkeeperError) for each in found):
            self.seen[deployment.id] = asked
        return count

    def _kept(self, deployment: Deployment, judged: Sequence[Judgement], done: Sequence[monitoring.Change]) -> int:
        with self.unit() as work:
            work.deployments.hold(deployment.id)
            count = sum(self._keep(deployment, each, work) for each in judged)
            work.watch.looked_at(deployment.id, done)
        return count

    def _asked(self, deployment: Deployment, work: Unit) -> Asked:
        changed, now = work.watch.changes(deployment.id), self.clock.now()
        rules = [rule for rule in work.rules.of_deployment(deployment.id) if rule.enabled]
        events, arrivals = (work.watch.span(deployment.id, by=by) for by in (DaysOf.EVENT, DaysOf.ARRIVAL))
        over = _over(deployment, changed, events, now=now)
        return Asked(changed, rules, events, arrivals, over, today(now, deployment.time_zone))

    def watch(self, deployment: Deployment) -> int:
        """The rules on this very moment; how many firings opened or closed."""
        with self.look() as work:
            rules = [rule for rule in work.rules.of_deployment(deployment.id) if rule.enabled]
            momentary = [rule for rule in rules if SIGNALS[rule.signal].momentary]
            said = [each for rule in momentary if (each := self._of_moment(deployment, rule, work))]
        if not said:
            return 0
        with self.unit() as work:
            work.deployments.hold(deployment.id)
            return sum(self._keep(deployment, each, work) for each in said)

    def _tried(
        self, deployment: Deployment, rule: Rule, asked: Asked, work: Unit
    ) -> Judgement | WatchkeeperError | None:
        """One rule that can't be judged, since its reference is gone, keeps no other from it; it is judged once it can
        be."""
        try:
            return self._judged(deployment, rule, asked, work)
        except WatchkeeperError as failure:
            log.warning("the rule '%s' of %s can't be judged: %s", rule.name, deployment.address, failure.message)
            return failure

    def _judged(self, deployment: Deployment, rule: Rule, asked: Asked, work: Unit) -> Judgement | None:
        signal = SIGNALS[rule.signal]
        if signal.momentary:
            return None
        span = asked.arrivals if signal.of == {Changed.USAGE} else asked.events
        end = span[1] if span and signal.partial else asked.over
        if span is None or end is None:
            return None
        touched = [moved(each.day, -signal.reach(rule)) for each in asked.changed if each.of in signal.of]
        begun = min([*touched, *([rule.anew] if rule.anew is not None else [])], default=None)
        if begun is None or begun > end:
            return None
        start = max(begun, span[0])
        above = signal.above(metric_name(rule, deployment, work))
        question = Question(deployment, rule, work, self.places, self.clock.now())
        readings = _readings(question, signal, span[0], start, end, above=above)
        before = [firing for firing in work.firings.since(rule.id, moved(start, -1)) if firing.opened < start]
        was = before[-1].spell.up_to(start) if before else None
        if signal.by_column:
            return Judgement(
                rule, start, spells_of_columns(readings, rule, counted=signal.counts, start=start, was=was)
            )
        return Judgement(rule, start, spells(readings, rule, above=above, start=start, was=was))

    def _of_moment(self, deployment: Deployment, rule: Rule, work: Unit) -> Judgement | None:
        """Unless nothing is new."""
        signal = SIGNALS[rule.signal]
        here = today(self.clock.now(), deployment.time_zone)
        question = Question(deployment, rule, work, self.places, self.clock.now(), self.disk())
        reading: Reading = signal.read(question, here, here)[0]
        open_ = [firing for firing in work.firings.since(rule.id, here) if firing.open]
        was = open_[0].spell if open_ else None
        found = spells([reading], replace(rule, windows=1, needed=1), above=signal.above(None), was=was)
        same = [replace(each, worst=0.0, last=0.0) for each in found] == [
            replace(s, worst=0.0, last=0.0) for s in [was] if s
        ]
        return None if same else Judgement(rule, here, found)

    def _keep(self, deployment: Deployment, judged: Judgement, work: Unit) -> int:
        rule = work.rules.get(judged.rule.id)
        if rule is None or replace(rule, anew=None) != replace(judged.rule, anew=None):
            return 0
        firings = work.firings.since(rule.id, moved(judged.start, -1))
        if SIGNALS[rule.signal].momentary:
            still = next((each for each in firings if each.open), None)
            found = [Change(still, spell) for spell in judged.spells]
        else:
            found = changes(firings, judged.spells)
        for each in found:
            self._apply(deployment, rule, each, work)
        if Changed.FAULTS in SIGNALS[rule.signal].of:
            self._say_again(deployment, rule, judged.start, work)
        work.rules.judged(judged.rule)
        return len(found)

    def _apply(self, deployment: Deployment, rule: Rule, change: Change, work: Unit) -> None:
        now, firing = self.clock.now(), change.firing
        if change.spell is None:
            if firing is not None and (firing.open or not SIGNALS[rule.signal].heals):
                self._end(firing, deployment, rule, work)
            return
        said = said_of(deployment, rule, change.spell, work)
        ended = None if change.spell.closed is None else now
        if firing is None:
            fresh = Firing(
                **vars(change.spell),
                id=new_id(),
                rule=rule.id,
                project=deployment.project,
                deployment=deployment.id,
                threshold=rule.threshold,
                sentence=said,
                found=now,
                ended=ended,
            )
            work.firings.add(fresh)
            if _news(fresh, deployment, work):
                self.telling.tell(fresh, Event.OPENED, rule=rule, work=work)
            return
        going = replace(firing, **vars(change.spell), sentence=said)
        self._go_on(firing, going, deployment, rule, now=now, work=work)

    def _say_again(self, deployment: Deployment, rule: Rule, start: str, work: Unit) -> None:
        """What a firing says, once more is known of its column; nobody is told again."""
        for firing in work.firings.since(rule.id, moved(start, -1)):
            said = said_of(deployment, rule, firing.spell, work)
            if not firing.withdrawn and said != firing.sentence:
                work.firings.change(replace(firing, sentence=said))

    def _end(self, firing: Firing, deployment: Deployment, rule: Rule, work: Unit) -> None:
        """Of a firing that has no spell any more."""
        now, heals = self.clock.now(), SIGNALS[rule.signal].heals
        day = max(_newest(deployment, work, now=now), moved(firing.until, 1)) if heals else firing.opened
        gone = replace(firing, closed=day, withdrawn=not heals, ended=now)
        gone = replace(gone, sentence=plainly(deployment, rule, gone.spell, work))
        work.firings.change(gone)
        if firing.open:
            self.telling.tell(gone, Event.CLOSED if heals else Event.WITHDRAWN, rule=rule, work=work)

    def _go_on(
        self, was: Firing, firing: Firing, deployment: Deployment, rule: Rule, *, now: datetime, work: Unit
    ) -> None:
        if was.open and not firing.open:
            firing = replace(firing, ended=now)
            event = Event.CLOSED
        elif firing.open and not was.open:
            firing = replace(_unanswered(firing), ended=None, withdrawn=False)
            event = Event.REOPENED
        elif _joined(was, firing) and _news(firing, deployment, work):
            firing = replace(_unanswered(firing), withdrawn=False)
            event = Event.JOINED
        else:
            work.firings.change(replace(firing, withdrawn=False))
            return
        work.firings.change(firing)
        self.telling.tell(firing, event, rule=rule, work=work)


def _joined(was: Firing, firing: Firing) -> bool:
    """Whether columns have come to it that nobody has heard of."""
    known = {each.about for each in was.columns}
    return firing.open and bool(known) and any(each.open and each.about not in known for each in firing.columns)


def _unanswered(firing: Firing) -> Firing:
    """What was acknowledged was something else."""
    return replace(firing, acknowledged=None, acknowledged_by=None, snoozed=None)


def _readings(
    question: Question, signal: Signal, first: str, start: str, end: str, *, above: bool
) -> Sequence[Reading]:
    """From start to end, and before that as many as the rule looks back on. Most days have one that counts, so that few
    are read before it is known that there are more without."""
    rule = question.rule
    backs = (2 * rule.windows, LOOK_BACK + 7 * rule.windows) if rule.windows > 1 else (0,)
    readings: Sequence[Reading] = ()
    for back in backs:
        since = max(moved(start, -back), first)
        readings = signal.read(question, since, end)
        before = [each for each in readings if each.day < start and breaches(each, rule, above=above) is not None]
        if since == first or len(before) >= rule.windows - 1:
            break
    return readings


def _over(
    deployment: Deployment, changed: Sequence[monitoring.Change], events: tuple[str, str] | None, *, now: datetime
) -> str | None:
    """The newest local day by event that is over: rows of a later one have come, or it is past and nothing comes."""
    if events is None:
        return None
    here, newest = today(now, deployment.time_zone), _up_to_tomorrow(events[1], deployment, now=now)
    moving = [each for each in changed if each.day >= newest and each.of is Changed.ROWS and now - each.at < SETTLED]
    return newest if newest < here and not moving else moved(newest, -1)


def _newest(deployment: Deployment, work: Unit, *, now: datetime) -> str:
    """The newest local day that has anything in it, not beyond tomorrow."""
    span = work.watch.span(deployment.id, by=DaysOf.EVENT)
    return _up_to_tomorrow(span[1], deployment, now=now) if span else today(now, deployment.time_zone)


def _up_to_tomorrow(day: str, deployment: Deployment, *, now: datetime) -> str:
    return min(day, moved(today(now, deployment.time_zone), 1))


def _news(firing: Firing, deployment: Deployment, work: Unit) -> bool:
    if firing.closed is None:
        return True
    span = work.watch.span(deployment.id, by=DaysOf.EVENT)
    return span is None or firing.closed >= moved(span[1], -OLD_NEWS)
