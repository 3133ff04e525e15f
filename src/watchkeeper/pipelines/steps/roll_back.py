"""Take the settings of an earlier release again."""

from watchkeeper.pipelines.fields import Field, text, whole
from watchkeeper.pipelines.steps.finding import check_deployment, deployment_of, order_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind
from watchkeeper.serving.releasing import roll_back


def do(doing: Doing) -> Done:
    deployment = deployment_of(doing, doing.work)
    order = order_of(doing, expected=doing.fields.get("expected"))
    release = roll_back(deployment, to=doing.fields.get("to"), order=order)
    outputs = {"release": release.number, "model": release.champion, "before": release.number - 1}
    return Done(outputs, f"{deployment.address} is rolled back, in release {release.number}.")


ROLL_BACK = Kind(
    name="roll_back",
    fields={
        "deployment": Field(text, "the deployment; the pipeline's without"),
        "to": Field(whole(1, 10**9), "the release whose settings come back, such as `${promote.before}`"),
        "expected": Field(whole(1, 10**9), "the release it was decided on, such as `${compare.release}`"),
        "reason": Field(text, "why, for those who read the releases"),
    },
    outputs=("release", "model", "before"),
    how=How.WRITES,
    do=do,
    check=check_deployment,
)
