from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Project:
    id: str
    name: str
    slug: str
    description: str
    created: datetime
    created_by: str
