"""Tell by the project's channels."""

from watchkeeper.alerts.errors import NoChannel
from watchkeeper.pipelines.errors import StepFailed
from watchkeeper.pipelines.fields import Field, listed, references, text
from watchkeeper.pipelines.pipeline import Step
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind, Names


def do(doing: Doing) -> Done:
    work = doing.work
    project = work.projects.get(doing.run.project)
    if project is None:
        raise StepFailed("The project is gone.")
    wanted = doing.fields.get("channels")
    known = [channel for channel in work.channels.of_project(project.id) if channel.enabled]
    chosen = [each for each in known if wanted is None or each.name in wanted or each.id in wanted]
    title = doing.fields.get("title") or f"{doing.pipeline.name}: run {doing.run.number}"
    if wanted is not None and not chosen:
        raise NoChannel(f"There is no channel {', '.join(wanted)} in use in this project.")
    doing.tools.telling.notice(project, chosen, title=title, text=doing.fields["message"], work=work)
    count = len(chosen)
    if not count:
        return Done({"channels": 0}, "The project has no channel, so nobody was told.")
    return Done({"channels": count}, f"{count} {'channel was' if count == 1 else 'channels were'} given the message.")


def check(step: Step, names: Names) -> None:
    given = step.fields.get("channels")
    if given is None or any(references(given)):
        return
    known = {name for each in names.work.channels.of_project(names.project) for name in (each.name, each.id)}
    for each in listed(given):
        if each not in known:
            names.refuse(step, "channels", f"There is no channel '{each}' in this project.")


NOTIFY = Kind(
    name="notify",
    fields={
        "message": Field(text, "what to say; `${step.output}` in it is filled in", required=True),
        "title": Field(text, "the message's title"),
        "channels": Field(listed, "names of channels; all of the project's without"),
    },
    outputs=("channels",),
    how=How.WRITES,
    do=do,
    check=check,
)
