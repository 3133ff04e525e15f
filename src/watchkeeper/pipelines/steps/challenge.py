"""Deploy a model as challenger, or nobody."""

from watchkeeper.pipelines.fields import Field, text
from watchkeeper.pipelines.steps.finding import check_deployment, deployment_of, order_of
from watchkeeper.pipelines.steps.kind import Doing, Done, How, Kind
from watchkeeper.serving.releasing import challenge


def do(doing: Doing) -> Done:
    deployment = deployment_of(doing, doing.work)
    model = doing.fields.get("model")
    release = challenge(deployment, model, order=order_of(doing, expected=None))
    who = f"The model {model} challenges the champion" if model else "Nobody challenges the champion"
    outputs = {"release": release.number, "model": model, "before": release.number - 1}
    return Done(outputs, f"{who} in release {release.number} of {deployment.address}.")


CHALLENGE = Kind(
    name="challenge",
    fields={
        "model": Field(text, "the model's id, such as `${train.model}`; without, there is no challenger any more"),
        "deployment": Field(text, "the deployment; the pipeline's without"),
        "reason": Field(text, "why, for those who read the releases"),
    },
    outputs=("release", "model", "before"),
    how=How.WRITES,
    do=do,
    check=check_deployment,
)
