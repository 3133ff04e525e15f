"""The page of a deployment of more features than somebody reads."""

import re
from dataclasses import replace
from html import unescape

import numpy as np

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.storage.worlds import SIZES
from watchkeeper.monitoring.ports import Sheet
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.server.web.distribution import MOST_LISTED
from watchkeeper.tables.bins import fit_bin_set
from watchkeeper.tables.column import Column, Kind

DAY, FEATURES = "2026-02-28", MOST_LISTED + 10
PAGE = f"/projects/p/deployments/live/distribution?start={DAY}&end={DAY}"


def with_many_features(api: Api) -> None:
    """Of which a day has the values of the reference."""
    bins = [fit_bin_set(Column(f"feature {place}", Kind.NUMERIC), SIZES).to_json() for place in range(FEATURES)]
    with api.assembly.store.work() as work:
        version, deployment = work.experiments.version("v1"), work.deployments.get("d1")
        assert version is not None
        assert deployment is not None
        work.experiments.replace_version(replace(version, bin_sets={**(version.bin_sets or {}), "inputs": bins}))
        watch = watched(deployment, work=work, places=api.assembly.places)
        counts = np.concatenate([*(of.reference for of in watch.features), watch.prediction.reference]).astype(np.int64)
        work.watch.add_sheets("d1", [Sheet(1, "champion", DAY, int(sum(watch.prediction.reference)), counts)])


def test_it_lists_those_of_most_concern_and_all_where_that_is_asked_for(api: Api) -> None:
    with_many_features(api)
    here = visitor(api, "viewer")
    few = here.read(PAGE).partition('id="all"')[2]
    assert f"All {FEATURES} features" in few
    assert few.count('data-label="Verdict"') == MOST_LISTED
    assert f"The {MOST_LISTED} of most concern of {FEATURES}." in few
    link = re.search(r'href="([^"]+)#all">List them all', few)
    assert link is not None
    every = here.read(unescape(link.group(1))).partition('id="all"')[2]
    assert every.count('data-label="Verdict"') == FEATURES
    assert "of most concern of" not in every
