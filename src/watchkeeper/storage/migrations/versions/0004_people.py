"""people: logins and passwords, invitations; keys with scopes and of one deployment."""

import sqlalchemy as sa
from alembic import op

import watchkeeper.storage.sql.metadata

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "failed_sign_ins",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("at", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_failed_sign_ins")),
    )
    op.create_index(op.f("ix_failed_sign_ins_login"), "failed_sign_ins", ["login"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("project", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("created", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("expires", watchkeeper.storage.sql.metadata.Moment(), nullable=False),
        sa.Column("accepted", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.Column("withdrawn", watchkeeper.storage.sql.metadata.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["project"], ["projects.id"], name=op.f("fk_invitations_project_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitations_digest")),
    )
    op.create_index(op.f("ix_invitations_project"), "invitations", ["project"], unique=False)
    # Plain additions: SQLite would have to make these tables anew for more, while others point at them.
    op.add_column("keys", sa.Column("scopes", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("keys", sa.Column("deployment", sa.String(length=40), nullable=True))
    op.execute("UPDATE keys SET scopes = '[\"predict\"]' WHERE project IS NOT NULL")
    op.add_column("users", sa.Column("login", sa.String(length=200), nullable=True))
    op.add_column("users", sa.Column("password", sa.String(length=200), nullable=True))
    op.add_column("users", sa.Column("disabled", watchkeeper.storage.sql.metadata.Moment(), nullable=True))
    op.create_index(op.f("ix_users_login"), "users", ["login"], unique=True)


def downgrade() -> None:
    op.drop_index(op.f("ix_users_login"), table_name="users")
    for column in ("disabled", "password", "login"):
        op.drop_column("users", column)
    for column in ("deployment", "scopes"):
        op.drop_column("keys", column)
    op.drop_table("invitations")
    op.drop_table("failed_sign_ins")
