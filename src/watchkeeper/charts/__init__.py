"""Charts as Vega-Lite specs in plain dicts, from plain values shaped like the API's answers. No I/O.

A spec carries the light palette and the names of its colours (`usermeta`), so that it reads well anywhere as it is,
and a page can put its own theme's colours in their place.
"""

from watchkeeper.charts.alerts import firing_chart as firing_chart
from watchkeeper.charts.apart import apart_chart as apart_chart
from watchkeeper.charts.comparison import comparison_chart as comparison_chart
from watchkeeper.charts.distribution import distribution_chart as distribution_chart
from watchkeeper.charts.drift import drift_chart as drift_chart
from watchkeeper.charts.effect import effect_chart as effect_chart
from watchkeeper.charts.graph import graph_drawing as graph_drawing
from watchkeeper.charts.heat_map import heat_map as heat_map
from watchkeeper.charts.heat_map import space_of as space_of
from watchkeeper.charts.labels import labels_chart as labels_chart
from watchkeeper.charts.performance import performance_chart as performance_chart
from watchkeeper.charts.profiles import profiles_chart as profiles_chart
from watchkeeper.charts.resources import resources_chart as resources_chart
from watchkeeper.charts.segments import segments_chart as segments_chart
from watchkeeper.charts.sparkline import bars as bars
from watchkeeper.charts.sparkline import sparkline as sparkline
from watchkeeper.charts.timeline import timeline_chart as timeline_chart
from watchkeeper.charts.usage import usage_chart as usage_chart
