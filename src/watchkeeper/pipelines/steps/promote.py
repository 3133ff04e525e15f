"""Make the challenger the champion."""

from watchkeeper.pipelines.fields import Field, text, truth, whole
from watchkeeper.pipelines.steps.finding import check_deployment, deployment_of, order_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind
from watchkeeper.serving.releasing import promote


def do(doing: Doing) -> Done:
    deployment = deployment_of(doing, doing.work)
    order = order_of(doing, expected=doing.fields.get("expected"))
    release = promote(deployment, keep=bool(doing.fields.get("keep")), order=order)
    outputs = {"release": release.number, "model": release.champion, "before": release.number - 1}
    return Done(outputs, f"The challenger is the champion of {deployment.address} as of release {release.number}.")


PROMOTE = Kind(
    name="promote",
    fields={
        "deployment": Field(text, "the deployment; the pipeline's without"),
        "keep": Field(truth, "let the old champion become the challenger"),
        "expected": Field(whole(1, 10**9), "the release it was decided on, such as `${compare.release}`"),
        "reason": Field(text, "why, for those who read the releases"),
    },
    outputs=("release", "model", "before"),
    how=How.WRITES,
    do=do,
    check=check_deployment,
)
