"""Staff prove who they are by a second thing: codes, recovery codes, passkeys; and the shop's own settings."""

import sqlalchemy as sa
from alembic import op

from loyalty.db.migrations.columns import Document, Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("users", sa.Column("last_login_at", Moment))
    op.add_column("users", sa.Column("tf_primary_method", sa.String(64)))
    op.add_column("users", sa.Column("tf_totp_secret", sa.String(255)))
    op.add_column("users", sa.Column("mf_recovery_codes", sa.Text))
    op.add_column("users", sa.Column("fs_webauthn_user_handle", sa.String(64)))
    op.create_index("ix_users_fs_webauthn_user_handle", "users", ["fs_webauthn_user_handle"], unique=True)
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("credential_id", sa.LargeBinary(1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("transports", sa.Text),
        sa.Column("backup_state", sa.Boolean, nullable=False),
        sa.Column("device_type", sa.String(64), nullable=False),
        sa.Column("extensions", sa.Text),
        sa.Column("lastuse_datetime", Moment, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("usage", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_passkeys_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_index("ix_passkeys_user_id", "passkeys", ["user_id"])
    op.create_table(
        "shop_settings",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", Document, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_shop_settings"),
    )
