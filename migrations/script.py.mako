"""${message}"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import models.columns
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
