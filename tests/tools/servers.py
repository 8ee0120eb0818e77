"""Servers on this machine for scanners: TLS with and without weaknesses, SSH, and a bare port."""

import contextlib
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.process import free_port

HOST = "localhost"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\nStrict-Transport-Security: max-age=31536000\r\n\r\nok"


@contextlib.contextmanager
def tls_server(folder: Path, *, weak: bool) -> Iterator[int]:
    """Serve HTTPS; yields the port. `weak`: with old versions and suites of TLS."""
    context = _context(folder, weak=weak)
    with _Server(("127.0.0.1", 0), context) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(10)


def _context(folder: Path, *, weak: bool) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the old versions are deprecated, as they should be
        context.minimum_version = ssl.TLSVersion.TLSv1 if weak else ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ALL:@SECLEVEL=0" if weak else "ECDHE+AESGCM")
    context.set_ecdh_curve("prime256v1")
    context.load_cert_chain(_certificate(folder))
    return context


def _certificate(folder: Path) -> Path:
    """A certificate and its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*form))
    return path


class _Handler(socketserver.BaseRequestHandler):
    """Answers any request; scanners end most handshakes before there is one."""

    server: "_Server"

    def handle(self) -> None:
        self.request.settimeout(20)
        with contextlib.suppress(OSError), self.server.context.wrap_socket(self.request, server_side=True) as secure:
            if secure.recv(65_536):
                secure.sendall(ANSWER)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 100

    def __init__(self, address: tuple[str, int], context: ssl.SSLContext) -> None:
        self.context = context
        super().__init__(address, _Handler)


@contextlib.contextmanager
def ssh_server(folder: Path, *settings: str) -> Iterator[int]:
    """Run OpenSSH's server with these lines in its settings; yields the port."""
    program, keygen = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin"), shutil.which("ssh-keygen")
    if program is None or keygen is None:
        pytest.skip("sshd is not here: install the server of OpenSSH")
    key, port = folder / "host_key", free_port()
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    lines = (f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {key}", "PidFile none", "UsePAM no", *settings)
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    with (folder / "sshd.log").open("w") as log:
        process = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stdout=log, stderr=log)
        try:
            _wait(port, folder / "sshd.log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int, log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextlib.contextmanager
def open_port(host: str) -> Iterator[int]:
    """A port that accepts connections; yields it."""
    with socket.create_server((host, 0)) as listening:
        yield listening.getsockname()[1]
