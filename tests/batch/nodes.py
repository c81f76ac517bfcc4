"""A Ray cluster of two nodes of one core, as a process: `python -m tests.batch.nodes`.

Prints the address; a line on standard input kills the second node, its end ends the cluster.
"""

import socket
import sys
from contextlib import ExitStack
from typing import Any

from ray.cluster_utils import Cluster

PORTS = ("metrics_agent", "metrics_export", "runtime_env_agent", "dashboard_agent_listen")
ENVIRONMENT = {  # reports to nobody, and waits as long as a busy machine takes
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_agent_register_timeout_ms": "120000",
    "RAY_worker_register_timeout_seconds": "120",
}


def node() -> dict[str, Any]:
    """What a node is started with; for a port that it is not told it waits 15 s, and ends."""
    with ExitStack() as stack:
        listening = [stack.enter_context(socket.create_server(("", 0))) for _ in PORTS]
        ports = [one.getsockname()[1] for one in listening]
    return {
        "num_cpus": 1,
        "object_store_memory": 80 << 20,
        "include_dashboard": False,
        "include_log_monitor": False,
        **{f"{name}_port": port for name, port in zip(PORTS, ports, strict=True)},
    }


def main() -> None:
    cluster = Cluster(initialize_head=True, head_node_args=node() | {"no_monitor": True})
    second = cluster.add_node(**node())
    print(cluster.address, flush=True)
    if sys.stdin.readline():
        cluster.remove_node(second, allow_graceful=False)
        sys.stdin.read()
    cluster.shutdown()


if __name__ == "__main__":
    main()
