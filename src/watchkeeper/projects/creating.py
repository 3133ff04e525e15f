"""Making a project; its maker is its first admin."""

from watchkeeper.access.permitting import Permit
from watchkeeper.access.ports import Members
from watchkeeper.access.role import Role
from watchkeeper.access.user import Member
from watchkeeper.clock import Clock
from watchkeeper.names import new_id, slug
from watchkeeper.projects.errors import NameTaken
from watchkeeper.projects.naming import checked_name
from watchkeeper.projects.ports import Projects
from watchkeeper.projects.project import Project


def create_project(
    name: str, *, description: str = "", permit: Permit, projects: Projects, members: Members, clock: Clock
) -> Project:
    name = checked_name(name, of="project")
    project = Project(
        id=new_id(),
        name=name,
        slug=slug(name),
        description=description,
        created=clock.now(),
        created_by=permit.user,
    )
    if projects.get(project.slug):
        raise NameTaken(
            f"There is a project '{project.slug}' already. Choose another name, or open that one.", fields=("name",)
        )
    projects.add(project)
    if permit.user:
        members.add(Member(project=project.id, user=permit.user, role=Role.ADMIN))
    return project
