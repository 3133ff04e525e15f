"""What monitoring needs kept. A day is a local date, `YYYY-MM-DD`, in the deployment's time zone."""

from watchkeeper.monitoring.ports.callers import CallerCell as CallerCell
from watchkeeper.monitoring.ports.callers import Callers as Callers
from watchkeeper.monitoring.ports.hours import Hours as Hours
from watchkeeper.monitoring.ports.hours import HourSheet as HourSheet
from watchkeeper.monitoring.ports.journal import Journal as Journal
from watchkeeper.monitoring.ports.journal import JournalFile as JournalFile
from watchkeeper.monitoring.ports.journal import JournalPlaces as JournalPlaces
from watchkeeper.monitoring.ports.journal import Lease as Lease
from watchkeeper.monitoring.ports.journal import Owed as Owed
from watchkeeper.monitoring.ports.journal import Segments as Segments
from watchkeeper.monitoring.ports.looks import LookedDay as LookedDay
from watchkeeper.monitoring.ports.looks import Looks as Looks
from watchkeeper.monitoring.ports.scores import ScoreCell as ScoreCell
from watchkeeper.monitoring.ports.scores import Scores as Scores
from watchkeeper.monitoring.ports.unit import OpenUnit as OpenUnit
from watchkeeper.monitoring.ports.unit import Unit as Unit
from watchkeeper.monitoring.ports.verdicts import DayVerdicts as DayVerdicts
from watchkeeper.monitoring.ports.verdicts import Verdicts as Verdicts
from watchkeeper.monitoring.ports.watch import Change as Change
from watchkeeper.monitoring.ports.watch import Changed as Changed
from watchkeeper.monitoring.ports.watch import Counts as Counts
from watchkeeper.monitoring.ports.watch import Sheet as Sheet
from watchkeeper.monitoring.ports.watch import UsageCell as UsageCell
from watchkeeper.monitoring.ports.watch import ViolationCell as ViolationCell
from watchkeeper.monitoring.ports.watch import Watch as Watch
