"""Alembic's environment: migrates the connection that `migrations/__init__.py` passes."""

from alembic import context
from sqlmodel import SQLModel

import models

assert models.__all__
connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
