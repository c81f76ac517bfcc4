"""Run by Alembic when it migrates, in the transaction of `Database.upgrade`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
