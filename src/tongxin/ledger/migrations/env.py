"""How Alembic reaches the database: on the connection that `migrate` hands it."""

from alembic import context

from tongxin.ledger.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, transactional_ddl=True)
context.run_migrations()
