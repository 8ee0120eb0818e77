"""Servers of a test, which end with it."""

import pytest

from tests.evidence.collect.live.dns_server import DnsServer
from tests.evidence.collect.tls_servers import Server


@pytest.fixture
def serve():
    """Start servers: `serve(context, answers)`."""
    servers = []

    def started(*arguments, **named):
        servers.append(Server(*arguments, **named))
        return servers[-1]

    yield started
    for server in servers:
        server.close()


@pytest.fixture
def serve_dns():
    """Start DNS servers: `serve_dns(records)`."""
    servers = []

    def started(*arguments, **named):
        servers.append(DnsServer(*arguments, **named))
        return servers[-1]

    yield started
    for server in servers:
        server.close()
