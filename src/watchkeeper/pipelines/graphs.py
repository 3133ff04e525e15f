"""The graph of a version, read once."""

import json
from functools import lru_cache

from watchkeeper.pipelines.pipeline import Graph, Pipeline, PipelineVersion
from watchkeeper.pipelines.ports import Unit
from watchkeeper.pipelines.reading import read_graph


def graph_of(version: PipelineVersion) -> Graph:
    return _read(json.dumps(version.definition))


def graph_in_force(pipeline: Pipeline, *, work: Unit) -> Graph:
    return graph_of(work.pipelines.version(pipeline.id, pipeline.version))


@lru_cache(maxsize=256)
def _read(definition: str) -> Graph:
    return read_graph(json.loads(definition))
