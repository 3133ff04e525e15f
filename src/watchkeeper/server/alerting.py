"""The alerts put together, and the worker's steady turns over them: judge, watch, remind, deliver."""

import ipaddress
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from watchkeeper.alerts.acknowledging import remind
from watchkeeper.alerts.channel import Kind
from watchkeeper.alerts.channels.email import EmailWay
from watchkeeper.alerts.channels.webhook import WebhookWay
from watchkeeper.alerts.delivering import AT_ONCE, Deliverer
from watchkeeper.alerts.firing import Firing
from watchkeeper.alerts.judging import Judge
from watchkeeper.alerts.telling import Telling
from watchkeeper.monitoring.soundness.looking import Looker
from watchkeeper.projects.project import Project
from watchkeeper.server.addresses import address
from watchkeeper.server.assembly import Assembly
from watchkeeper.serving.deployment import Deployment

log = logging.getLogger(__name__)
JUDGE_EVERY, WATCH_EVERY, REMIND_EVERY, DELIVER_EVERY = 1.0, 5.0, 5.0, 0.25
GRACE = 15.0
"""Seconds after a start in which processes that have not reported yet are no alarm."""


def telling_of(assembly: Assembly) -> Telling:
    def place(project: Project, deployment: Deployment | None, firing: Firing | None) -> str:
        del deployment
        path = (
            address("firing", project=project.slug, firing=firing.id)
            if firing
            else address("project_alerts", project=project.slug)
        )
        return f"{assembly.settings.shown_url}{path}"

    return Telling(clock=assembly.clock, address=place)


def judge_of(assembly: Assembly) -> Judge:
    return Judge(
        unit=assembly.store.work,
        look=assembly.store.look,
        places=assembly.places,
        clock=assembly.clock,
        telling=telling_of(assembly),
        disk=assembly.disk,
    )


def deliverer_of(assembly: Assembly, pool: ThreadPoolExecutor) -> Deliverer:
    settings = assembly.settings
    allowed = tuple(ipaddress.ip_network(each, strict=False) for each in settings.webhooks_allowed)
    return Deliverer(
        unit=assembly.store.work,
        look=assembly.store.look,
        ways={
            Kind.EMAIL: EmailWay(settings.smtp, settings.smtp_sender),
            Kind.WEBHOOK: WebhookWay(assembly.seal, assembly.clock, allowed),
        },
        clock=assembly.clock,
        pool=pool,
    )


def care_for_alerts(assembly: Assembly, *, stop: Event) -> None:
    """Judging, on its own thread; days are looked at for faults just before, so that an alert can name them."""
    judge = judge_of(assembly)
    looker = Looker(assembly.store.work, assembly.store.look, assembly.places, assembly.clock)
    begun = time.monotonic()

    def watch() -> None:
        if time.monotonic() - begun > GRACE:
            _each(assembly, judge.watch)

    def judged() -> None:
        _each(assembly, looker.turn)
        _each(assembly, judge.judge)

    _turn([(JUDGE_EVERY, judged), (WATCH_EVERY, watch)], stop=stop)


def care_for_deliveries(assembly: Assembly, *, stop: Event) -> None:
    """Delivering, on its own threads."""
    telling = telling_of(assembly)

    def reminded() -> None:
        with assembly.store.look() as work:
            due = work.firings.snoozed(until=assembly.clock.now())
        if due:
            with assembly.store.work() as work:
                remind(telling=telling, work=work, clock=assembly.clock)

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliver") as pool:
        deliverer = deliverer_of(assembly, pool)
        _turn([(DELIVER_EVERY, deliverer.begin), (REMIND_EVERY, reminded)], stop=stop)


def _each(assembly: Assembly, do: Callable[[Deployment], object]) -> None:
    with assembly.store.look() as work:
        deployments = work.deployments.all()
    for deployment in deployments:
        try:
            do(deployment)
        except Exception:
            log.exception("judging %s failed; trying again", deployment.address)


def _turn(turns: list[tuple[float, Callable[[], object]]], *, stop: Event) -> None:
    due = [0.0 for _ in turns]
    while not stop.is_set():
        for place, (every, turn) in enumerate(turns):
            if time.monotonic() >= due[place]:
                try:
                    turn()
                except Exception:
                    log.exception("a turn of the alerts failed; trying again")
                due[place] = time.monotonic() + every
        stop.wait(max(min(due) - time.monotonic(), 0.0))
