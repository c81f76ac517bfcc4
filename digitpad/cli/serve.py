"""`digitpad serve`: the site."""

import click

from digitpad.cli.example import example
from digitpad.config import ServerConfig, share_metrics


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; else PORT, else 8000.")
@example("digitpad serve --host 0.0.0.0 --port 8000")
def main(host: str, port: int | None) -> None:
    """Serve the site, until Ctrl-C."""
    share_metrics()
    from digitpad.web.gunicorn import serve as run

    run(ServerConfig.from_env(), host=host, port=port)
